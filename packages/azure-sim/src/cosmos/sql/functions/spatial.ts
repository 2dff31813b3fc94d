import type { Value } from '../syntax.ts'
import { typeOf } from '../value.ts'
import type { Builtins } from './builtin.ts'
import { takes } from './builtin.ts'

/*
 * Microsoft: "Spatial functions", of which there are the distance of two points, points within
 * polygons, and whether a shape is valid. Distances are in metres on a sphere of the earth's mean
 * radius; the service measures on the WGS-84 ellipsoid, which differs by up to half a per cent.
 */

type Point = readonly [longitude: number, latitude: number]

const earthRadius = 6_371_008.8

const coordinatesOf = (shape: Value, type: string): Value =>
  typeOf(shape) === 'object' && (shape as { type?: Value }).type === type
    ? (shape as { coordinates?: Value }).coordinates
    : undefined

function pointOf(coordinates: Value): Point | undefined {
  if (!Array.isArray(coordinates)) return undefined
  const [longitude, latitude] = coordinates
  if (typeof longitude !== 'number' || typeof latitude !== 'number') return undefined
  const inRange = Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90
  return inRange ? [longitude, latitude] : undefined
}

function ringOf(coordinates: Value): Point[] | undefined {
  if (!Array.isArray(coordinates) || coordinates.length < 4) return undefined
  const points = coordinates.map(pointOf).filter(point => point !== undefined)
  const [first, last] = [points[0], points.at(-1)]
  const closed = first?.[0] === last?.[0] && first?.[1] === last?.[1]
  return closed && points.length === coordinates.length ? points : undefined
}

function ringsOf(shape: Value): Point[][] | undefined {
  const coordinates = coordinatesOf(shape, 'Polygon')
  if (!Array.isArray(coordinates) || coordinates.length === 0) return undefined
  const rings = coordinates.map(ringOf).filter(ring => ring !== undefined)
  return rings.length === coordinates.length ? rings : undefined
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** The haversine formula. */
function distance(a: Point, b: Point): number {
  const dLatitude = radians(b[1] - a[1])
  const dLongitude = radians(b[0] - a[0])
  const chord =
    Math.sin(dLatitude / 2) ** 2 +
    Math.cos(radians(a[1])) * Math.cos(radians(b[1])) * Math.sin(dLongitude / 2) ** 2
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)))
}

/** Whether a ray from the point crosses the ring an odd number of times. */
function inside([x, y]: Point, ring: readonly Point[]): boolean {
  let within = false
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
    const [ax, ay] = ring[at] ?? [0, 0]
    const [bx, by] = ring[before] ?? [0, 0]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within
  }
  return within
}

export const spatialFunctions: Builtins = {
  ST_DISTANCE: takes(2, ([one, other]) => {
    const a = pointOf(coordinatesOf(one, 'Point'))
    const b = pointOf(coordinatesOf(other, 'Point'))
    return a === undefined || b === undefined ? undefined : distance(a, b)
  }),
  ST_WITHIN: takes(2, ([one, other]) => {
    const point = pointOf(coordinatesOf(one, 'Point'))
    const [outer, ...holes] = ringsOf(other) ?? []
    if (point === undefined || outer === undefined) return undefined
    return inside(point, outer) && !holes.some(hole => inside(point, hole))
  }),
  ST_ISVALID: takes(1, ([shape]) => {
    if (typeOf(shape) !== 'object') return undefined
    if (ringsOf(shape) !== undefined) return true
    if (pointOf(coordinatesOf(shape, 'Point')) !== undefined) return true
    const line = coordinatesOf(shape, 'LineString')
    return Array.isArray(line) && line.length >= 2 && line.every(at => pointOf(at) !== undefined)
  }),
}
