import { build } from './lib/build.mjs';
import { checkNode, installDependencies } from './lib/install.mjs';

checkNode();
installDependencies();
build();
