import { MongoError, MongoNetworkError } from 'mongodb';
import { Connection as DriverConnection } from 'mongodb/lib/cmap/connection';

/**
 * A connection of the driver (7.9.0), with the end of a write mended. While a command larger than the socket's buffer is
 * on its way the driver waits for `drain` or `error`. Of a connection that it gives up (no answer in time, a server that
 * its monitor has lost) neither comes: the call would stay pending for ever, also when the server is back. And a socket's
 * own error passes unwrapped, so that nobody takes it for the network's and tries again.
 */
export class Connection extends DriverConnection {
  override async writeCommand(command: unknown, options: object): Promise<void> {
    let end = (): void => undefined;
    const ended = new Promise<never>((_, reject) => {
      end = () => reject(new MongoNetworkError('The connection was closed while a command was sent'));
    });
    if (this.closed) end();
    this.once('close', end);
    try {
      await Promise.race([super.writeCommand(command, options), ended]);
    } catch (error) {
      if (error instanceof MongoError || !(error instanceof Error)) throw error;
      throw new MongoNetworkError(error.message, { cause: error });
    } finally {
      this.off('close', end);
    }
  }
}
