// SPDX-License-Identifier: GPL-3.0-or-later
// The caller is any user: whatever it says is answered or refused, never believed.
#include "tests/netd/conversation.h"
#include "tests/support/child_process.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

namespace dorascope::test {
namespace {

using host::NetdStatus;
using host::NetdVerb;

struct BadRequest {
    const char* name;
    void (*spoil)(host::NetdRequest&);
};
void name(host::NetdRequest& r, const char* text)
{
    std::memset(r.interface, 0, sizeof r.interface);
    std::strncpy(r.interface, text, sizeof r.interface);
}
const BadRequest kBad[] = {
    {"Magic", [](host::NetdRequest& r) { r.magic ^= 1; }},
    {"NoVerb", [](host::NetdRequest& r) { r.verb = 0; }},
    {"UnknownVerb", [](host::NetdRequest& r) { r.verb = 3; }},
    {"UnknownFlag", [](host::NetdRequest& r) { r.flags = 2; }},
    {"PromiscuousServer", [](host::NetdRequest& r) { r.flags = host::kNetdPromiscuous; }},
    {"EmptyName", [](host::NetdRequest& r) { name(r, ""); }},
    {"UnterminatedName", [](host::NetdRequest& r) { name(r, "aaaaaaaaaaaaaaaa"); }},
    {"OctetsAfterName", [](host::NetdRequest& r) { r.interface[10] = 'x'; }},
    {"Slash", [](host::NetdRequest& r) { name(r, "../lo"); }},
    {"Dot", [](host::NetdRequest& r) { name(r, "."); }},
    {"Dots", [](host::NetdRequest& r) { name(r, ".."); }},
    {"Alias", [](host::NetdRequest& r) { name(r, "lo:1"); }},
    {"Space", [](host::NetdRequest& r) { name(r, "lo "); }},
    {"Newline", [](host::NetdRequest& r) { name(r, "lo\n"); }},
    {"HighOctet", [](host::NetdRequest& r) { name(r, "lo\xc3\xa9"); }},
};

class Spoilt : public testing::TestWithParam<BadRequest> { };

TEST_P(Spoilt, IsABadRequest)
{
    auto asked = request(NetdVerb::serve, "lo");
    GetParam().spoil(asked);
    const auto reply = ask(asked);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, static_cast<std::uint32_t>(NetdStatus::bad_request));
    EXPECT_EQ(reply->magic, host::kNetdMagic);
}
INSTANTIATE_TEST_SUITE_P(Request, Spoilt, testing::ValuesIn(kBad), [](const auto& row) { return std::string{row.param.name}; });

class Length : public testing::TestWithParam<std::size_t> { };

TEST_P(Length, OtherThanARequestsIsABadRequest)
{
    std::vector<std::byte> octets(GetParam());
    const auto asked = request(NetdVerb::serve, "lo");
    std::memcpy(octets.data(), &asked, std::min(octets.size(), sizeof asked));
    const auto reply = ask(octets);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, static_cast<std::uint32_t>(NetdStatus::bad_request));
}
INSTANTIATE_TEST_SUITE_P(Request, Length,
                         testing::Values(1U, sizeof(host::NetdRequest) - 1, sizeof(host::NetdRequest) + 1, 4096U),
                         testing::PrintToStringParamName());

TEST(Request, NamesAnInterfaceThatExists)
{
    for (const auto verb : {NetdVerb::serve, NetdVerb::capture}) {
        const auto reply = ask(request(verb, "dora-not-here"));
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, static_cast<std::uint32_t>(NetdStatus::no_such_interface));
    }
}

// libpcap takes these names for something other than an interface.
TEST(Request, CannotNameWhatOnlyLibpcapKnows)
{
    for (const char* device : {"any", "bluetooth0", "usbmon0", "nflog", "nfqueue", "dbus-system"}) {
        const auto reply = ask(request(NetdVerb::capture, device));
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, static_cast<std::uint32_t>(NetdStatus::no_such_interface)) << device;
    }
}

TEST(Request, ACallerThatLeavesGetsNoReply) { EXPECT_FALSE(ask(std::span<const std::byte>{})); }

TEST(Start, ByHandExplainsItself)
{
    const Finished finished = run_program({DORASCOPE_BIN_DIR "/dorascope-netd"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_NE(finished.err.find("is started by dorascope"), std::string::npos) << finished.err;
    EXPECT_EQ(run_program({DORASCOPE_BIN_DIR "/dorascope-netd", "serve", "lo"}).status, 2);
    EXPECT_EQ(run_program({DORASCOPE_BIN_DIR "/dorascope-netd", "--stdin"}).status, 2) << "standard input is no socket";
}

} // namespace
} // namespace dorascope::test
