// SPDX-License-Identifier: GPL-3.0-or-later
// Two machines, a cable between them, and dorascope-netd as it is installed.
#pragma once

#include "engine/wire/framing.h"
#include "tests/support/cable.h"
#include "tests/support/netd_copy.h"

#include <gtest/gtest.h>
#include <optional>

namespace dorascope::test {

class NetdOnCable : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
        netd_.emplace();
    }
    void send(const wire::Buffer& frame) const
    {
        cable_->on_client([&] { send_frame("cli", frame); });
    }
    std::optional<Cable> cable_;
    std::optional<NetdCopy> netd_;
};

} // namespace dorascope::test
