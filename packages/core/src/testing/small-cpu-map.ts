import { type CpuMap, readCpuMap } from '../cpu/cpu-map.js';

/** A few invented CPUs of two makers. */
export function smallCpuMap(): CpuMap {
  return readCpuMap([
    `<cpus>
      <vendor name='Acme' string='AcmeCPU-1234'/>
      <vendor name='Bolt' string='BoltCPU-5678'/>
      <feature name='base'><cpuid eax_in='0x1' edx='0x00000001'/></feature>
      <feature name='fast_math'><cpuid eax_in='0x1' ecx='0x00000001'/></feature>
      <feature name='wide'><alias name='w1de' source='qemu'/><cpuid eax_in='0x7' ebx='0x00000004'/></feature>
      <feature name='crypt'><cpuid eax_in='0x7' ebx='0x80000000'/></feature>
      <feature name='clock' migratable='no'><cpuid eax_in='0x80000007' edx='0x00000100'/></feature>
      <feature name='leaky'><msr index='0x10a' eax='0x00000001' edx='0x00000000'/></feature>
    </cpus>`,
    `<cpus><model name='plain'><feature name='base'/></model></cpus>`,
    `<cpus>
      <model name='One'>
        <decode host='on' guest='on'/>
        <signature family='6' model='10'/>
        <vendor name='Acme'/>
        <feature name='base'/>
        <feature name='fast_math'/>
        <feature name='crypt' removed='yes'/>
        <feature name='leaky' added='yes'/>
      </model>
    </cpus>`,
    `<cpus>
      <model name='Two'>
        <decode host='on' guest='on'/>
        <signature family='6' model='20' stepping='0-3'/>
        <vendor name='Acme'/>
        <model name='One'/>
        <feature name='wide'/>
      </model>
      <model name='Two-v1'><decode host='on' guest='off'/><model name='Two'/></model>
    </cpus>`,
  ]);
}
