import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from '../assembly.js';
import { type NodeNumbers, nodeNumbers } from '../block/disk-chain.js';
import { type BootOrder, bootOrder } from '../definition/boot-order.js';
import { allHostdevs } from '../definition/host-devices.js';
import { isI440fx, isQ35 } from '../definition/machine.js';
import { shortName } from '../definition/names.js';
import type { Controller } from '../definition/types.js';
import { addAudio } from '../devices/audio.js';
import { addChannel, addConsole, addParallel, addSerial } from '../devices/character.js';
import { controllerProps } from '../devices/controller.js';
import { addCrypto } from '../devices/crypto.js';
import { addDisks } from '../devices/disk-backend.js';
import { addFilesystem } from '../devices/filesystem.js';
import { addGraphics } from '../devices/graphics.js';
import { addHostdev } from '../devices/hostdev.js';
import { addHub } from '../devices/hub.js';
import { addInput } from '../devices/input.js';
import { addIommu } from '../devices/iommu.js';
import { addLaunchSecurity } from '../devices/launch-security.js';
import { addMemballoon } from '../devices/memballoon.js';
import { addMemoryDevice } from '../devices/memory-device.js';
import { addNetdev, checkTap } from '../devices/netdev.js';
import { networkProps } from '../devices/network.js';
import { addPanic } from '../devices/panic.js';
import { addRedirdev } from '../devices/redirdev.js';
import { addRng } from '../devices/rng.js';
import { addShmem } from '../devices/shmem.js';
import { addSmartcard } from '../devices/smartcard.js';
import { addSound } from '../devices/sound.js';
import { addTpm } from '../devices/tpm.js';
import { addVideo } from '../devices/video.js';
import { addVsock } from '../devices/vsock.js';
import { addWatchdogs } from '../devices/watchdog.js';
import { options } from './options.js';
import { addSandbox } from './surroundings.js';

/** Controllers are told type by type: a bus before what sits on it. Readers of smartcards follow the hubs. */
const CONTROLLER_ORDER: readonly Controller['type'][] = [
  'pci',
  'usb',
  'scsi',
  'ide',
  'sata',
  'virtio-serial',
  'nvme',
];

/** All devices, in the order that keeps the guest's view of them the same from release to release. */
export function addDevices(to: Assembly): void {
  const { devices } = to.domain;
  const boot = bootOrder(to.domain);
  if (devices.iommu !== undefined) addIommu(to, devices.iommu);
  for (const type of CONTROLLER_ORDER) addControllers(to, type);
  for (const device of devices.memories) addMemoryDevice(to, device);
  for (const hub of devices.hubs) addHub(to, hub);
  addControllers(to, 'ccid');
  const numbers = nodeNumbers();
  addDisks(to, boot, numbers);
  for (const fs of devices.filesystems) addFilesystem(to, fs, boot);
  addInterfaces(to, boot);
  for (const card of devices.smartcards) addSmartcard(to, card);
  for (const serial of devices.serials) addSerial(to, serial);
  for (const parallel of devices.parallels) addParallel(to, parallel);
  for (const channel of devices.channels) addChannel(to, channel);
  for (const device of devices.consoles) addConsole(to, device);
  for (const tpm of devices.tpms) addTpm(to, tpm);
  for (const input of devices.inputs) addInput(to, input);
  for (const audio of devices.audios) addAudio(to, audio);
  addDisplay(to);
  addWatchdogs(to, to.domain);
  for (const redirdev of devices.redirdevs) addRedirdev(to, redirdev, boot);
  addLateDevices(to, boot, numbers);
}

function addDisplay(to: Assembly): void {
  const { devices } = to.domain;
  for (const graphics of devices.graphics) addGraphics(to, graphics);
  for (const video of devices.videos) addVideo(to, video);
  for (const sound of devices.sounds) addSound(to, sound);
}

function addLateDevices(to: Assembly, boot: BootOrder, numbers: NodeNumbers): void {
  const { devices } = to.domain;
  for (const hostdev of allHostdevs(to.domain)) addHostdev(to, hostdev, boot, numbers);
  if (to.cx.incoming !== undefined) to.out.option('incoming', to.cx.incoming);
  if (devices.memballoon !== undefined) addMemballoon(to, devices.memballoon);
  for (const rng of devices.rngs) addRng(to, rng);
  addVmcoreinfo(to);
  addLaunchSecurity(to, `${to.cx.config.libDir}/domain-${shortName(to)}`);
  addUserArguments(to);
  addSandbox(to);
  for (const panic of devices.panics) addPanic(to, panic);
  for (const shmem of devices.shmems) addShmem(to, shmem);
  if (devices.vsock !== undefined) addVsock(to, devices.vsock);
  for (const crypto of devices.cryptos) addCrypto(to, crypto);
  if (to.domain.features?.['async-teardown'] !== undefined) {
    to.out.option('run-with', options(['async-teardown', to.domain.features['async-teardown']]));
  }
}

/** What the user wants to tell QEMU besides. */
function addUserArguments(to: Assembly): void {
  if (to.domain.qemuCommandline === undefined) return;
  to.out.words(to.domain.qemuCommandline.args.map((it) => it.value));
  for (const { name, value } of to.domain.qemuCommandline.envs) to.out.environment(name, value ?? '');
  to.out.taint('custom-argv');
}

function addVmcoreinfo(to: Assembly): void {
  if (to.domain.features?.vmcoreinfo === true) to.out.device({ driver: 'vmcoreinfo' });
}

function addControllers(to: Assembly, type: Controller['type']): void {
  for (const controller of to.domain.devices.controllers) {
    if (controller.type !== type) continue;
    addRootBusOptions(to, controller);
    if (isBuiltIn(to.domain, controller)) continue;
    const props = controllerProps(to, controller);
    if (props !== undefined) to.out.device(props);
  }
}

/** Properties of the machine's own PCI bus: hot plug, and how much room 64-bit windows get. */
function addRootBusOptions(to: Assembly, controller: Controller): void {
  if (controller.type !== 'pci') return;
  const hotplug = controller.model === 'pci-root' ? controller.target?.hotplug : undefined;
  if (hotplug !== undefined) {
    to.out.option('global', `PIIX4_PM.acpi-root-pci-hotplug=${hotplug ? 'on' : 'off'}`);
  }
  if (controller.pcihole64 === undefined) return;
  const bridge = isQ35(to.domain) ? 'q35-pcihost' : 'i440FX-pcihost';
  to.out.option('global', `${bridge}.pci-hole64-size=${controller.pcihole64}K`);
}

/** Controllers that the machine has whether one asks for them or not. */
function isBuiltIn(domain: Domain, controller: Controller): boolean {
  const isFirst = (controller.index ?? 0) === 0;
  switch (controller.type) {
    case 'ide':
      return isFirst && isI440fx(domain);
    case 'sata':
      return isFirst && isQ35(domain);
    case 'usb':
      return controller.model === 'none';
    default:
      return false;
  }
}

function addInterfaces(to: Assembly, boot: BootOrder): void {
  for (const net of to.domain.devices.interfaces) {
    if (net.type === 'hostdev') {
      checkTap(net);
      continue;
    }
    const queues = addNetdev(to, net);
    to.out.device(networkProps(to, net, boot, queues));
  }
}
