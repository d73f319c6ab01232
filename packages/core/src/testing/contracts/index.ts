export { type ByteChannelSetting, byteChannelContract, ChannelWitness } from './byte-channel.js';
export { type FileLocksSetting, fileLocksContract } from './file-locks.js';
export { type FilesSetting, filesContract } from './files.js';
export { type KernelFilesSetting, kernelFilesContract } from './kernel-files.js';
