type Member = { readonly name: string; readonly data: Uint8Array };

const header = (name: string, size: number | string): Buffer =>
  Buffer.from(
    `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(size).padEnd(10)}\`\n`,
  );

/** Archives as `ar` writes them. `gnu` puts long names in a table, `bsd` before the data; `thin` holds no data. */
export const writeArchive = (members: readonly Member[], kind: 'gnu' | 'bsd' | 'thin' = 'gnu'): Buffer => {
  const parts: Buffer[] = [Buffer.from(kind === 'thin' ? '!<thin>\n' : '!<arch>\n')];
  const add = (name: string, data: Uint8Array, isStored = true): void => {
    parts.push(header(name, data.length));
    if (!isStored) return;
    parts.push(Buffer.from(data));
    if (data.length % 2 === 1) parts.push(Buffer.from('\n'));
  };
  const isLong = (name: string): boolean => Buffer.byteLength(name) > 15 || kind === 'thin';
  let table = '';
  const places = new Map<string, number>();
  if (kind !== 'bsd') {
    for (const { name } of members.filter((member) => isLong(member.name))) {
      places.set(name, Buffer.byteLength(table));
      table += `${name}/\n`;
    }
    if (table !== '') add('//', Buffer.from(table));
  }
  for (const { name, data } of members) {
    if (kind === 'bsd') add(`#1/${Buffer.byteLength(name)}`, Buffer.concat([Buffer.from(name), data]));
    else add(isLong(name) ? `/${places.get(name)}` : `${name}/`, data, kind !== 'thin');
  }
  return Buffer.concat(parts);
};
