/**
 * The same pure function, which works out each immutable value once. What it made is kept for as
 * long as the value itself is: whoever looks again at an unchanged state pays nothing.
 */
export const memoised = <Value extends object, Made>(
  make: (value: Value) => Made,
): ((value: Value) => Made) => {
  const made = new WeakMap<Value, { readonly is: Made }>()
  return value => {
    const known = made.get(value)
    if (known !== undefined) return known.is
    const is = make(value)
    made.set(value, { is })
    return is
  }
}
