// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/netd_copy.h"

#include <cstdlib>
#include <stdexcept>
#include <sys/statvfs.h>

namespace dorascope::test {

namespace fs = std::filesystem;

NetdCopy::NetdCopy(Capabilities capabilities) : path_{folder_ / "dorascope-netd"}
{
    fs::permissions(folder_.path(), fs::perms{0755});
    fs::copy_file(fs::path{DORASCOPE_BIN_DIR} / "dorascope-netd", path_);
    fs::permissions(path_, fs::perms{0755});
    ::setenv("DORASCOPE_NETD", path_.c_str(), 1);
    if (capabilities == Capabilities::missing) return;
    const Finished setcap = run_program({"setcap", "cap_net_raw,cap_net_bind_service+ep", path_.string()});
    struct statvfs mount { };
    ::statvfs(path_.c_str(), &mount);
    if (setcap.status != 0 || (mount.f_flag & ST_NOSUID) != 0)
        throw std::runtime_error{"a file in " + folder_.path().string() + " cannot be given capabilities (" + setcap.err
                                 + "): set TMPDIR to a folder on a file system that has them and is not mounted nosuid"};
}

NetdCopy::~NetdCopy() { ::unsetenv("DORASCOPE_NETD"); }

} // namespace dorascope::test
