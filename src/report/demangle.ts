import { type demangle, toText } from '../query/demangle.ts';
import { jsonText } from './json.ts';

type Demangled = ReturnType<typeof demangle>[number];

const lineEnd = Uint8Array.of(0x0a);

/** One name a line, in its own bytes: a name that means nothing must pass unchanged. */
export const nameLine = ({ name }: Demangled): Uint8Array => Buffer.concat([name, lineEnd]);

/** One line of JSON, schema 1: `{schema, raw, name, scheme}`. */
export const nameJson = (name: Demangled): string => `${jsonText({ schema: 1, ...toText(name) })}\n`;
