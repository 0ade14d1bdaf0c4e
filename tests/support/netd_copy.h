// SPDX-License-Identifier: GPL-3.0-or-later
// dorascope-netd as an installer would leave it, for ordinary users to start.
#pragma once

#include "tests/support/child_process.h"

#include <filesystem>

namespace dorascope::test {

/// A copy in a folder that everybody may enter; DORASCOPE_NETD names it as long as it lives. Throws where a file cannot be given
/// capabilities: then what is to be tested cannot be, and a test must fail and not be skipped.
class NetdCopy {
public:
    enum class Capabilities { granted, missing };
    explicit NetdCopy(Capabilities capabilities = Capabilities::granted);
    ~NetdCopy();
    NetdCopy(const NetdCopy&) = delete;
    NetdCopy& operator=(const NetdCopy&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    TemporaryFolder folder_;
    std::filesystem::path path_;
};

} // namespace dorascope::test
