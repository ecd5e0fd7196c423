/** Whether a record's key is its customer's id, as UTF-8. */
export function isKeyOf(customerId: string, key: Buffer): boolean {
  // Most ids are ASCII: they are compared without a copy.
  for (let at = 0; at < customerId.length; at += 1) {
    const unit = customerId.charCodeAt(at);
    if (unit > 0x7f) return key.equals(Buffer.from(customerId));
    if (key[at] !== unit) return false;
  }
  return key.length === customerId.length;
}
