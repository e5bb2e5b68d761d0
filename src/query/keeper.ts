export { prepareKeeper } from '../trace/keeper/keeper.ts';
