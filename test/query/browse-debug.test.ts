import { expect, test } from 'vitest';
import { Browser, openForBrowsing, type Search } from '../../src/query/browse.ts';
import { BrowseIndex } from '../../src/query/browse-index.ts';
import { selectionText } from '../../src/query/browse-selection.ts';
import { cliJson } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { Temporary } from '../support/temporary.ts';
import { wasmWithNames } from '../support/wasm-names.ts';
