import { VirError } from '@modvirt/core/errors';
import { parseNetwork } from '@modvirt/core/schema';
import { type DnsmasqFiles, dnsmasqFiles } from '@modvirt/virtnetworkd/plan';
import { failed, inputOf, passed, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';
import { countedUuid } from '../pretended-host.js';

/** Networks: what dnsmasq is told, and its file of hosts. */
export const networkxml2conf: Suite = {
  name: 'networkxml2conf',
  run(it, corpus) {
    const { conf, hostsfile } = it.expect ?? {};
    const made = attempt(() => {
      const network = parseNetwork(corpus.read(inputOf(it)), { newUuid: countedUuid });
      return dnsmasqFiles(network, { directory: '/var/lib/libvirt/dnsmasq' });
    });
    if (made instanceof VirError) {
      return it.outcome === 'success' ? failed(`unexpected error: ${made.message}`) : passed;
    }
    if (it.outcome !== 'success') return failed('was accepted, but must be refused');
    if (conf === undefined) return failed('the case says no configuration');
    const judged = compareWithFile(made.conf, conf, corpus);
    if (judged.status !== 'passed') return judged;
    if (hostsfile === undefined) return made.hosts === undefined ? passed : failed('made a file of hosts');
    return compareWithFile(made.hosts ?? '', hostsfile, corpus);
  },
};

function attempt(make: () => DnsmasqFiles): DnsmasqFiles | VirError {
  try {
    return make();
  } catch (error) {
    if (error instanceof VirError) return error;
    throw error;
  }
}
