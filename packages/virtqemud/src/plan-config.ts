import type { QemuConfig as QemuConf } from '@modvirt/core/config';
import type { DriverPaths } from '@modvirt/core/uri';
import type { QemuConfig } from './plan/qemu-config.js';

/** What a plan asks of qemu.conf and of the daemon's own directories. */
export function planConfig(conf: QemuConf, paths: DriverPaths): QemuConfig {
  return {
    libDir: paths.lib,
    stateDir: paths.state,
    channelTargetDir: paths.channels,
    memoryBackingDir: conf.memory_backing_dir ?? `${paths.lib}/ram`,
    nvramDir: paths.nvram,
    passtStateDir: `${paths.state}/passt`,
    dbusStateDir: `${paths.state}/dbus`,
    rdpStateDir: `${paths.state}/rdp`,
    hugePageMounts: [],
    vncListen: conf.vnc_listen,
    vncTls: false,
    vncTlsX509verify: false,
    vncTlsX509certdir: '/etc/pki/libvirt-vnc',
    vncSasl: conf.vnc_sasl,
    vncAutoUnixSocket: false,
    vncAllowHostAudio: conf.vnc_allow_host_audio,
    spiceListen: conf.spice_listen,
    spiceTls: false,
    spiceTlsX509certdir: '/etc/pki/libvirt-spice',
    spiceSasl: conf.spice_sasl,
    spiceAutoUnixSocket: false,
    nogfxAllowHostAudio: conf.nographics_allow_host_audio,
    chardevTls: false,
    chardevTlsX509certdir: '/etc/pki/libvirt-chardev',
    chardevTlsX509verify: false,
    vxhsTls: false,
    vxhsTlsX509certdir: '/etc/pki/libvirt-vxhs',
    nbdTls: false,
    nbdTlsX509certdir: '/etc/pki/libvirt-nbd',
    defaultTlsX509certdir: '/etc/pki/qemu',
    dumpGuestCore: conf.dump_guest_core,
    setProcessName: conf.set_process_name,
    logTimestamp: conf.log_timestamp,
    seccompSandbox: sandboxOf(conf.seccomp_sandbox),
    maxCore: undefined,
    virtiofsdDebug: false,
    securityModel: 'none',
    relaxedAcs: false,
    allowDiskFormatProbing: false,
  };
}

function sandboxOf(value: number): QemuConfig['seccompSandbox'] {
  return value === 0 || value === 1 ? value : -1;
}
