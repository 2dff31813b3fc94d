/** A bar of a share between 0 and 1; it is full only once all is done. */
export const bar = (done: number, total: number, width: number): string => {
  const share = total <= 0 ? 0 : Math.min(1, Math.max(0, done / total))
  const full = share === 1 ? width : Math.min(width - 1, Math.floor(share * width))
  return '━'.repeat(Math.max(0, full)) + '╌'.repeat(Math.max(0, width - full))
}
