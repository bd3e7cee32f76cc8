/** Bytes that may be in use at once, shared by all who take from it; whoever waits longest comes first. */
export class ByteBudget {
  private used = 0;
  private readonly waiting: { bytes: number; go: () => void }[] = [];

  constructor(private readonly total: number) {}

  /** Waits until the bytes are free. More than there are in all counts as all. */
  async take(bytes: number): Promise<void> {
    const wanted = Math.min(bytes, this.total);
    if (this.waiting.length === 0 && this.used + wanted <= this.total) {
      this.used += wanted;
      return;
    }
    await new Promise<void>((go) => this.waiting.push({ bytes: wanted, go }));
  }

  /** Gives back what was taken. */
  give(bytes: number): void {
    this.used -= Math.min(bytes, this.total);
    for (let next = this.waiting[0]; next && this.used + next.bytes <= this.total; next = this.waiting[0]) {
      this.waiting.shift();
      this.used += next.bytes;
      next.go();
    }
  }
}
