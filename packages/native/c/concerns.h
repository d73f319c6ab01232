// One table of functions for each file.
#ifndef MODVIRT_CONCERNS_H
#define MODVIRT_CONCERNS_H

#include <errno.h>

#include "values.h"

extern const mv_function mv_account_functions[];
extern const mv_function mv_attribute_functions[];
extern const mv_function mv_cpu_functions[];
extern const mv_function mv_descriptor_functions[];
extern const mv_function mv_file_functions[];
extern const mv_function mv_lock_functions[];
extern const mv_function mv_poll_functions[];
extern const mv_function mv_process_functions[];
extern const mv_function mv_socket_functions[];
extern const mv_function mv_spawn_functions[];
extern const mv_function mv_tap_functions[];
extern const mv_function mv_terminal_functions[];
extern const mv_function mv_transfer_functions[];

#endif
