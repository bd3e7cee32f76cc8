/** What `connection.ts` needs of a class that the driver has but does not declare. */
declare module 'mongodb/lib/cmap/connection' {
  import { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  export class Connection extends EventEmitter {
    constructor(socket: Socket, options: object);
    /** Closed for good, by either side; `close` was emitted. */
    closed: boolean;
    /** Sends one command; resolves when the socket has taken all of it. */
    writeCommand(command: unknown, options: object): Promise<void>;
  }
}
