export { prepareKeeper } from '../trace/keeper/keeper.ts';
export { stopKept } from '../trace/keeper/kept-programs.ts';
