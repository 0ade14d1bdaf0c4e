// SPDX-License-Identifier: GPL-3.0-or-later
// The lines that go over the control socket, there and back, and lines that nobody should send.
#include "engine/host/control_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace dorascope::host {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }
HardwareAddress hardware(const char* mac) { return HardwareAddress::of(MacAddress::parse(mac).value()); }

/// One of every order, with all that it takes.
std::vector<ControlRequest> requests()
{
    const auto a = address("192.168.1.100");
    return {{Order::status, {}, {}, {}, "", ""},
            {Order::list, {}, {}, {}, "", ""},
            {Order::release, a, {}, {}, "", ""},
            {Order::erase, a, {}, {}, "", ""},
            {Order::reserve, a, hardware("3c:22:fb:0a:01:02"), {}, "printer", ""},
            {Order::reserve, a, {}, {1, 0xff, 0}, "", ""},
            {Order::reserve, a, {}, {}, "printer", "", {0, 1}, {0xff}, ""},
            {Order::reserve, a, {}, {}, "", "", {}, {7}, ""},
            {Order::reserve, a, {}, {}, "", "", {}, {}, "my_\"printer\""},
            {Order::unreserve, a, {}, {}, "", ""},
            {Order::clear_quarantine, a, {}, {}, "", ""},
            {Order::reload, {}, {}, {}, "", ""},
            {Order::reload, {}, {}, {}, "", "/etc/dora scope/\"ä\".toml"},
            {Order::config, {}, {}, {}, "", ""},
            {Order::stop, {}, {}, {}, "", ""}};
}

TEST(ControlRequests, AreReadAsTheyWereWritten)
{
    for (const auto& request : requests()) {
        const auto line = to_line(request);
        EXPECT_EQ(line.find('\n'), std::string::npos);
        const auto read = parse_request(line);
        ASSERT_TRUE(read) << line << ": " << read.error().text();
        EXPECT_EQ(*read, request) << line;
    }
}

struct Hostile {
    std::string line, said;
};

TEST(ControlRequests, WhatIsWrongIsSaid)
{
    const std::string deep(kLongestRequest - 1, '[');
    const Hostile cases[]{
        {"", "not a JSON object"},
        {"list", "not a JSON object"},
        {"[]", "not a JSON object"},
        {deep, "not a JSON object"},
        {R"({"order":"list")", "not a JSON object"},
        {std::string(kLongestRequest + 1, ' '), "too long"},
        {"{}", "has no \"order\""},
        {R"({"order":7})", "has no \"order\""},
        {R"({"order":"realese","address":"10.0.0.1"})", "Did you mean release?"},
        {R"({"order":")" + std::string(4000, 'x') + R"("})", "There is no order"},
        {R"({"order":"release"})", "needs an \"address\""},
        {R"({"order":"release","address":"10.0.0.256"})", "cannot be \"10.0.0.256\""},
        {R"({"order":"release","address":167772161})", "not a text"},
        {R"({"order":"release","address":""})", "not a text"},
        {R"({"order":"release","address":"10.0.0.1","file":"/etc/passwd"})", "takes no \"file\""},
        {R"({"order":"list","address":"10.0.0.1"})", "takes no \"address\""},
        {R"({"order":"reserve","address":"10.0.0.1"})", "for one client"},
        {R"({"order":"reserve","address":"10.0.0.1","hardware":"02:00:00:00:00:01","client_id":"01"})", "for one client"},
        {R"({"order":"reserve","address":"10.0.0.1","hardware":"02:00:00:00:00:0g"})", "cannot be"},
        {R"({"order":"reserve","address":"10.0.0.1","hardware":"0102030405060708090a0b0c0d0e0f1011"})", "1 to 16 octets"},
        {R"({"order":"reserve","address":"10.0.0.1","client_id":")" + std::string(512, 'a') + R"("})", "1 to 255 octets"},
        {R"({"order":"reserve","address":"10.0.0.1","client_id":"01","hostname":"a b"})", "letters, digits"},
        {R"({"order":"reserve","address":"10.0.0.1","circuit_id":"01","client_hostname":"a"})", "for one client"},
        {R"({"order":"reserve","address":"10.0.0.1","client_id":"01","remote_id":"01"})", "for one client"},
        {R"({"order":"reserve","address":"10.0.0.1","circuit_id":"eth0"})", "1 to 255 octets"},
        {R"({"order":"reserve","address":"10.0.0.1","client_hostname":"a b"})", "without a space"},
        {R"({"order":"release","address":"10.0.0.1","remote_id":"01"})", "takes no \"remote_id\""},
        {R"({"order":"reload","file":"dhcp.toml"})", "absolute path"},
        {std::string{R"({"order":"reload","file":"/etc/a)"} + "\\u0000" + R"(b"})", "absolute path"},
        {R"({"order":"reload","order2":"\ud800"})", "not a JSON object"},
    };
    for (const auto& [line, said] : cases) {
        const auto read = parse_request(line);
        ASSERT_FALSE(read) << line.substr(0, 120);
        EXPECT_THAT(read.error().text(), HasSubstr(said)) << line.substr(0, 120);
        EXPECT_LT(read.error().text().size(), 400U) << "what was sent is not sent back at length";
        EXPECT_NO_THROW(to_line(refused(read.error())));
    }
}

TEST(ControlAnswers, ALeaseInFull)
{
    server::Lease lease;
    lease.address = address("192.168.1.100");
    lease.client = {server::ClientKey::Kind::identifier, {1, 2, 0xab}};
    lease.hardware = hardware("3c:22:fb:0a:01:02");
    lease.hostname = "caf\xe9"; // Latin-1: a client may send any octets
    lease.state = server::LeaseState::bound;
    lease.since = Instant{std::chrono::milliseconds{1'714'564'800'250}};
    lease.renewed = lease.since;
    lease.expires = kNever;
    const auto said = json::parse(lease_line(lease));
    EXPECT_EQ(said["address"], "192.168.1.100");
    EXPECT_EQ(said["state"], "bound");
    EXPECT_EQ(said["chaddr"], "3c:22:fb:0a:01:02");
    EXPECT_EQ(said["client_id"], "0102ab");
    EXPECT_EQ(said["hostname"], "caf\xEF\xBF\xBD") << "valid UTF-8";
    EXPECT_TRUE(said["vendor_class"].is_null());
    EXPECT_EQ(said["since"].dump(), "1714564800.25");
    EXPECT_TRUE(said["expires"].is_null());
}

/// As large as a file may be, in lines that a client takes; what a terminal would show in the middle of one is whole.
TEST(ControlAnswers, AConfigurationComesInParts)
{
    std::string toml = "# DoraScope's DHCP server.\n";
    for (int i = 0; i < 5000; ++i)
        toml += "[[subnet.reservation]]\nclient_hostname = \"k\u00fcche\"\n";
    toml += "exclude = [\"";
    for (int i = 0; i < 30000; ++i)
        toml += "\xe2\x82\xac"; // three octets a character, and one line
    toml += "\"]";
    std::string read;
    std::size_t parts = 0;
    for (std::string_view rest = toml; !rest.empty(); ++parts) {
        const auto line = config_line(rest);
        EXPECT_LT(line.size(), 100'000U);
        EXPECT_EQ(line.find('\n'), std::string::npos);
        EXPECT_FALSE(parse_result(line));
        read += parse_config_line(line).value_or("?");
    }
    EXPECT_TRUE(read == toml);
    EXPECT_GT(parts, 10U);
    EXPECT_LT(parts, 60U);
}

TEST(ControlAnswers, ResultsAreReadAsTheyWereWritten)
{
    const auto good = parse_result(to_line(done("192.168.1.100 is free.", {"The router lies in the pool."})));
    ASSERT_TRUE(good);
    EXPECT_TRUE(good->ok);
    EXPECT_EQ(good->said, "192.168.1.100 is free.");
    EXPECT_EQ(good->warnings, std::vector<std::string>{"The router lies in the pool."});

    ControlResult bad = refused({HostError::Kind::config, "Refused.", "Mend it."});
    bad.file = "/etc/x.toml";
    bad.errors = {{3, "subnet[0].pool", "overlaps", "leave one out"}, {0, "", "cannot be read", ""}};
    const auto read = parse_result(to_line(bad));
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->ok);
    EXPECT_EQ(read->error.text(), "Refused. Mend it.");
    EXPECT_EQ(read->file, bad.file);
    ASSERT_EQ(read->errors.size(), 2U);
    EXPECT_EQ(to_string("/x", read->errors[0]), "/x:3: subnet[0].pool: overlaps (leave one out)");
    EXPECT_EQ(read->errors[1].line, 0U);
}

TEST(ControlAnswers, AnotherLineIsNoResult)
{
    EXPECT_FALSE(parse_result(pool_line({})));
    for (const char* line : {"", "{}", "[]", "done", R"({"kind":1})", R"({"kind":"lease"})"})
        EXPECT_FALSE(parse_result(line) || parse_config_line(line)) << line;
    const auto odd = parse_result(R"({"kind":"done","ok":1,"errors":[7,{"line":-1}],"warnings":[{}],"problem":[]})");
    ASSERT_TRUE(odd);
    EXPECT_FALSE(odd->ok);
    EXPECT_EQ(odd->errors.size(), 2U);
}

} // namespace
} // namespace dorascope::host
