/** Names of places in one program, each given once. */
export class Labels {
  #given = 0;

  fresh(name: string): string {
    return `${name}_${this.#given++}`;
  }
}
