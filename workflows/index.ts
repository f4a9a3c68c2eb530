/** The bundle's entry: every workflow type, by the name under which it is started. */
export { environment } from './environment';
export { preview } from './preview';
export { release } from './release';
