import { z } from 'zod'
import {
  accountStatusSchema,
  dryRunQuerySchema,
  dryRunSchema,
  historyEntrySchema,
  retireCheckSchema,
  verbRequestSchema,
} from '../operator.ts'
import { reportAnswerSchema, reportSchema } from '../report.ts'
import { nameSchema } from '../words.ts'
import { denialsQuerySchema, denialsSchema } from './denial.ts'
import { blockersSchema } from './events.ts'
import { fleetQuerySchema, fleetSchema } from './fleet.ts'
import {
  eventsQuerySchema,
  historyQuerySchema,
  rotationsQuerySchema,
  rotationsSchema,
} from './history.ts'
import type { CoordinatorOperation } from './operation.ts'
import { readers } from './roles.ts'

const named = z.strictObject({ name: nameSchema })

/** The coordinator's API. A refused verb is a problem (409) with all its `blockers`. */
export const coordinatorOperations = {
  getHealth: {
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process answers',
    may: null,
    answer: { type: 'application/json', schema: z.strictObject({ status: z.literal('ok') }) },
    refusals: [],
  },
  getDescription: {
    method: 'get',
    path: '/v1/openapi.json',
    summary: 'This description',
    may: null,
    answer: { type: 'application/json', schema: z.record(z.string(), z.unknown()) },
    refusals: [],
  },
  getPage: {
    method: 'get',
    path: '/v1/docs',
    summary: 'This description, to be read',
    may: null,
    answer: { type: 'text/html' },
    refusals: [],
  },
  report: {
    method: 'post',
    path: '/v1/members/{name}/reports',
    summary: 'What a member says of itself; held until there is something to announce',
    may: ['member'],
    params: named,
    body: reportSchema,
    answer: { type: 'application/json', schema: reportAnswerSchema },
    refusals: ['UNKNOWN_ACCOUNT'],
  },
  listAccounts: {
    method: 'get',
    path: '/v1/accounts',
    summary: 'Every account',
    may: readers,
    answer: { type: 'application/json', schema: z.array(accountStatusSchema) },
    refusals: [],
  },
  getAccount: {
    method: 'get',
    path: '/v1/accounts/{name}',
    summary: 'One account: keys by fingerprint, its rotation, what it waits for, its members',
    may: readers,
    params: named,
    answer: { type: 'application/json', schema: accountStatusSchema },
    refusals: ['UNKNOWN_ACCOUNT'],
  },
  getBlockers: {
    method: 'get',
    path: '/v1/accounts/{name}/blockers',
    summary: 'What the account’s rotation waits for, and how many such things there are',
    may: readers,
    params: named,
    answer: { type: 'application/json', schema: blockersSchema },
    refusals: ['UNKNOWN_ACCOUNT'],
  },
  getFleet: {
    method: 'get',
    path: '/v1/accounts/{name}/fleet',
    summary: 'Its members, page by page, and how far they are',
    may: readers,
    params: named,
    query: fleetQuerySchema,
    answer: { type: 'application/json', schema: fleetSchema },
    refusals: ['UNKNOWN_ACCOUNT'],
  },
  listRotations: {
    method: 'get',
    path: '/v1/accounts/{name}/rotations',
    summary: 'Its rotations, past and running, the newest first',
    may: readers,
    params: named,
    query: rotationsQuerySchema,
    answer: { type: 'application/json', schema: rotationsSchema },
    refusals: ['UNKNOWN_ACCOUNT'],
  },
  getHistory: {
    method: 'get',
    path: '/v1/accounts/{name}/history',
    summary: 'Its journal: the entries after a revision, the oldest first',
    may: readers,
    params: named,
    query: historyQuerySchema,
    answer: { type: 'application/json', schema: z.array(historyEntrySchema) },
    refusals: ['UNKNOWN_ACCOUNT'],
  },
  followEvents: {
    method: 'get',
    path: '/v1/accounts/{name}/events',
    summary: 'Server-sent events: journal, status, blockers, progress; resumes by last-event-id',
    may: readers,
    params: named,
    query: eventsQuerySchema,
    answer: { type: 'text/event-stream' },
    refusals: ['UNKNOWN_ACCOUNT', 'TOO_MANY_STREAMS'],
  },
  getPlan: {
    method: 'get',
    path: '/v1/accounts/{name}/plan',
    summary: 'A dry run: what a rotation would do, and what would hold it now',
    may: readers,
    params: named,
    query: dryRunQuerySchema,
    looks: true,
    answer: { type: 'application/json', schema: dryRunSchema },
    refusals: ['UNKNOWN_ACCOUNT', 'JOURNAL_CONFLICT'],
  },
  getRetireCheck: {
    method: 'get',
    path: '/v1/accounts/{name}/retire',
    summary: 'What stands against ending key authentication',
    may: readers,
    params: named,
    looks: true,
    answer: { type: 'application/json', schema: retireCheckSchema },
    refusals: ['UNKNOWN_ACCOUNT', 'JOURNAL_CONFLICT'],
  },
  listDenials: {
    method: 'get',
    path: '/v1/denials',
    summary: 'What was asked for and denied of late, the newest first',
    may: ['operator', 'approver'],
    query: denialsQuerySchema,
    answer: { type: 'application/json', schema: denialsSchema },
    refusals: [],
  },
  obey: {
    method: 'post',
    path: '/v1/accounts/{name}/verbs',
    summary: 'Asks for something; the coordinator refuses or obeys',
    may: ['operator', 'approver'],
    params: named,
    body: verbRequestSchema,
    verbs: true,
    answer: { type: 'application/json', schema: accountStatusSchema },
    refusals: ['UNKNOWN_ACCOUNT', 'JOURNAL_CONFLICT'],
  },
} as const satisfies Record<string, CoordinatorOperation>

export type CoordinatorOperationName = keyof typeof coordinatorOperations
