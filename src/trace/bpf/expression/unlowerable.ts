/** Something of an expression that the kernel can't tell: it has to be evaluated on our side. */
export class Unlowerable extends Error {
  /** In a user's words; it follows "because". */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}
