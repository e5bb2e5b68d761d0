const empty = -1;
const firstCapacity = 64;

/**
 * What is known of calls under way, by their numbers: whole numbers from 0 on. A Map to which each call is added and from
 * which it is soon removed makes a new table for every few of them. As each of these leads to the next, one that has grown
 * old keeps all later ones until all memory is looked through, and megabytes of garbage pile up each second.
 *
 * Numbers lie at their remainder by the table's size, or behind that in the next place that is free.
 */
export class CallTable<Value> {
  #keys = new Float64Array(firstCapacity).fill(empty);
  #values: (Value | undefined)[] = new Array(firstCapacity).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(key: number): boolean {
    return this.#keys[this.#placeOf(key)] === key;
  }

  get(key: number): Value | undefined {
    return this.#values[this.#placeOf(key)];
  }

  set(key: number, value: Value): void {
    if (2 * (this.#size + 1) > this.#keys.length) this.#grow();
    const place = this.#placeOf(key);
    if (this.#keys[place] !== key) this.#size++;
    this.#keys[place] = key;
    this.#values[place] = value;
  }

  delete(key: number): void {
    const mask = this.#keys.length - 1;
    let hole = this.#placeOf(key);
    if (this.#keys[hole] !== key) return;
    this.#size--;
    // Those behind that would rather lie in the hole, or before it, move up: no search may end at a gap too early.
    for (let at = (hole + 1) & mask; this.#keys[at] !== empty; at = (at + 1) & mask) {
      const home = (this.#keys[at] ?? 0) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#keys[hole] = this.#keys[at] ?? empty;
      this.#values[hole] = this.#values[at];
      hole = at;
    }
    this.#keys[hole] = empty;
    this.#values[hole] = undefined;
  }

  /** Where a number lies, or would. */
  #placeOf(key: number): number {
    const mask = this.#keys.length - 1;
    let place = key & mask;
    while (this.#keys[place] !== key && this.#keys[place] !== empty) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(2 * keys.length).fill(empty);
    this.#values = new Array(2 * keys.length).fill(undefined);
    this.#size = 0;
    for (const [i, key] of keys.entries()) if (key !== empty) this.set(key, values[i] as Value);
  }
}
