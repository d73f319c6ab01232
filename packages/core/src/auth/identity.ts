/** Who calls: what the kernel, the TLS or SASL handshake, or a trusted daemon said. Absent is unknown. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
  readonly userName?: string;
  readonly groupName?: string;
  readonly pid?: number;
  /** In clock ticks since boot, as /proc/PID/stat has it: tells a process from a later one with its pid. */
  readonly processStartTime?: bigint;
  readonly saslUserName?: string;
  readonly x509DistinguishedName?: string;
  readonly selinuxContext?: string;
}
