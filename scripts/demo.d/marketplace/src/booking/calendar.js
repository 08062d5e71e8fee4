// [impl->TD-3]
export class Calendar {
  #bookings = [];

  /** Adds [start, end) in minutes, or says from when the studio is free. */
  book(start, end) {
    const clash = this.#bookings.find((other) => start < other.end && other.start < end);
    if (clash) return { ok: false, freeFrom: clash.end };
    this.#bookings.push({ start, end });
    return { ok: true };
  }
}
