import { splitPath } from '../base/path.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { DebugFunction } from '../elf/function-model.ts';
import type { DebugSignature, DebugTypes, TypeId } from '../elf/type-model.ts';
import { schemeOf } from './function-path.ts';
import { declarationOf, type Language, typeName } from './type-name.ts';

export type ShownArgument = { readonly name: string | null; readonly type: string | null };

/** What a function was declared as, in its own language. Text is not sanitised. */
export type ShownSignature = {
  /** `fn app::f(i: i32) -> i32`, `int f(const char *s)`. */
  readonly text: string;
  readonly language: Language;
  readonly args: readonly ShownArgument[];
  /** `()`, `void` or `!` where nothing is returned. */
  readonly returns: string;
  readonly returnsNothing: boolean;
  readonly isNoReturn: boolean;
  /** C: further arguments may follow. */
  readonly isVariadic: boolean;
  /** The optimiser made variables of some parameters, and debug info doesn't tell which: the list may lack some. */
  readonly isCut: boolean;
  /** What the parameters of a generic function are: `T = u8`. */
  readonly generics: readonly { readonly name: string; readonly type: string }[];
  /** Types in it, to be described. */
  readonly roots: readonly (TypeId | null)[];
};

const cFile = /\.(?:c|h|s|i)$/i;
const cxxFile = /\.(?:cc|cpp|cxx|c\+\+|hh|hpp|hxx|ipp|tcc)$/i;

/** The language a function is written in: by its mangling, its file, else what all compilers of the file speak. */
export const languageOf = (debug: DebugInfo, fn: DebugFunction): Language => {
  const scheme = schemeOf(fn.linkageName);
  if (scheme === 'itanium') return 'c++';
  if (scheme !== 'none') return 'rust';
  const file = fn.source?.file ?? '';
  if (file.endsWith('.rs')) return 'rust';
  if (cxxFile.test(file)) return 'c++';
  if (cFile.test(file)) return 'c';
  if (debug.producers().some(({ language }) => /rust/i.test(language))) return 'rust';
  return fn.path.includes('::') ? 'c++' : 'c';
};

/** Null where debug info tells no parameters and types. `name` is what the signature calls the function. */
export const signatureOf = (debug: DebugInfo, fn: DebugFunction, name: string): ShownSignature | null => {
  const declared = debug.types?.signature(fn) ?? null;
  if (debug.types === null || declared === null) return null;
  const { types } = debug;
  const language = languageOf(debug, fn);
  // The receiver of C++ is written nowhere.
  const parameters = declared.parameters.filter(({ isArtificial }) => !(isArtificial && language === 'c++'));
  const args = parameters.map(({ name, type }) => ({
    name,
    type: type === null ? null : typeName(types, type, language),
  }));
  const returns = declared.isNoReturn && language === 'rust' ? '!' : typeName(types, declared.returns, language);
  const generics = declared.generics.map(({ name, type }) => ({
    name,
    type: type === null ? '?' : typeName(types, type, language),
  }));
  const isVariadic = declared.isVariadic ?? false;
  // Of closures and coroutines these are what they captured.
  const isCut = language === 'rust' && declared.hasVariables === true && !fn.dwarfPath.endsWith('}');
  return {
    text:
      language === 'rust'
        ? rustText(name, args, [...(isVariadic ? ['...'] : []), ...(isCut ? ['…'] : [])], returns)
        : cText(types, language, language === 'c++' ? fn.dwarfPath : name, declared),
    language,
    args,
    returns,
    returnsNothing: declared.returns === null && !declared.isNoReturn,
    isNoReturn: declared.isNoReturn,
    isVariadic,
    isCut,
    generics,
    roots: [...parameters.map(({ type }) => type), declared.returns],
  };
};

const rustText = (name: string, args: readonly ShownArgument[], more: readonly string[], returns: string): string => {
  const list = [...args.map((arg) => `${arg.name ?? '_'}: ${arg.type ?? '?'}`), ...more];
  return `fn ${name}(${list.join(', ')})${returns === '()' ? '' : ` -> ${returns}`}`;
};

/** Constructors and destructors of C++ have no return type, not even `void`. */
const isConstructor = (name: string): boolean => {
  const [type = '', own = ''] = splitPath(name)
    .slice(-2)
    .map((segment) => segment.split('<', 1)[0] ?? '');
  return type !== '' && own.replace(/^~/, '') === type;
};

const cText = (types: DebugTypes, language: 'c' | 'c++', name: string, declared: DebugSignature): string => {
  const list = declared.parameters
    .filter(({ isArtificial }) => !isArtificial)
    .map(({ type, name: own }) => declarationOf(types, type, own ?? '', language));
  if (declared.isVariadic) list.push('...');
  const whole = `${name}(${list.join(', ') || 'void'})`;
  if (isConstructor(name)) return whole;
  return `${declared.isNoReturn ? '_Noreturn ' : ''}${declarationOf(types, declared.returns, whole, language).replace(/\* (?=[\w:])/g, '*')}`;
};
