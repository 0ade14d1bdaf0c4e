// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"

#include <cctype>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace dorascope::models::test {
namespace {

/// 0: Anna (Apple) bound to 10.0.0.10. 1: printer, refused 10.0.7.20. 2: a phone under 10.0.0.1 and 10.0.0.66. 3: Anna renews.
class Filtered : public testing::Test {
protected:
    Filtered()
    {
        const auto apple = HardwareAddress::of(*MacAddress::parse("3c:22:fb:0a:01:02"));
        for (auto said : {discover("A"), offer("A", "10.0.0.10"), request("A", "10.0.0.10"), ack("A", "10.0.0.10")}) {
            said = said.xid(0x3903f326).text(wire::option::host_name, "Annas MacBook");
            said.message.set_hardware(apple);
            lan.hears(said);
        }
        lan.hears(reboot("P", "10.0.7.20").xid(0x00000abc).text(wire::option::host_name, "printer-2"));
        lan.hears(nak("P").xid(0x00000abc));
        lan.hears(discover("S").xid(0x11111111));
        lan.hears(offer("S", "10.0.0.11").xid(0x11111111));
        lan.hears(offer("S", "10.0.0.200").xid(0x11111111).server("10.0.0.66", "02:00:00:00:00:66"));
        lan.publish();
    }
    std::vector<int> matching(const char* filter)
    {
        lan.scope.setFilter(QString::fromUtf8(filter));
        std::vector<int> found;
        for (observe::ExchangeId id = 0; id < lan.state.exchanges().size(); ++id)
            if (lan.scope.matches(id)) found.push_back(static_cast<int>(id));
        return found;
    }
    WatchedLan lan;
};

struct Case {
    const char* filter;
    std::vector<int> exchanges;
};
/// The case's number and the filter, as far as a name may hold it.
std::string nameOf(const testing::TestParamInfo<Case>& row)
{
    std::string name = std::to_string(row.index) + '_' + row.param.filter;
    for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return name;
}
class FilterTerm : public Filtered, public testing::WithParamInterface<Case> { };

TEST_P(FilterTerm, FindsItsExchanges) { EXPECT_EQ(matching(GetParam().filter), GetParam().exchanges) << GetParam().filter; }

INSTANTIATE_TEST_SUITE_P(Terms, FilterTerm,
                         testing::Values(Case{"", {0, 1, 2}}, Case{"   ", {0, 1, 2}}, Case{"anna", {0}}, Case{"ANNAS", {0}},
                                         Case{"apple", {0}}, Case{"3c:22:fb", {0}}, Case{"\"annas macbook\"", {0}},
                                         Case{"annas macbook", {0}}, Case{"macbook printer", {}}, Case{"10.0.0.1", {0, 2}},
                                         Case{"10.0.7", {1}}, Case{"0x3903", {0}}, Case{"nothing", {}}),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(
    Keys, FilterTerm,
    testing::Values(Case{"xid:0x3903f326", {0}}, Case{"xid:3903", {0}}, Case{"xid:0xabc", {1}}, Case{"xid:00000abc", {1}},
                    Case{"xid:0xab", {}}, Case{"client:printer", {1}}, Case{"client:02:00:00", {1, 2}},
                    Case{"client:\"annas mac\"", {0}}, Case{"address:10.0.0.10", {0}}, Case{"address:10.0.0.1", {}},
                    Case{"address:10.0.0.0/24", {0, 2}}, Case{"address:10.0.0.11-10.0.0.12", {2}}, Case{"address:10.0.7.", {1}},
                    Case{"server:10.0.0.66", {2}}, Case{"server:10.0.0.1", {0, 1, 2}}, Case{"server:10.9.9.9", {}},
                    Case{"state:nak", {1}}, Case{"state:bound", {0}}, Case{"STATE:Pend", {2}}, Case{"state:", {0, 1, 2}},
                    Case{"type:nak", {1}}, Case{"type:n", {1}}, Case{"type:DHCPOFFER", {0, 2}}, Case{"type:d", {0, 2}},
                    Case{"type:release", {}}, Case{"type:offer server:10.0.0.66", {2}}, Case{"type:offer state:nak", {}}),
    nameOf);

TEST_F(Filtered, UnknownKeysAreText)
{
    EXPECT_TRUE(matching("colour:blue").empty());
    EXPECT_EQ(matching("fb:0a:01"), std::vector{0});
}

TEST_F(Filtered, MoreTermsThanAnyoneTypesDoNoHarm)
{
    const std::string many(2000, 'a');
    EXPECT_TRUE(matching((many + " " + many).c_str()).empty());
    std::string spaced;
    for (int i = 0; i < 500; ++i)
        spaced += i < 16 ? "anna " : "nobody ";
    EXPECT_EQ(matching(spaced.c_str()), std::vector{0}) << "the terms past the sixteenth are not heeded";
}

TEST_F(Filtered, ANameLearntLaterIsHeeded)
{
    EXPECT_TRUE(matching("client:telefon").empty());
    lan.hears(request("S", "10.0.0.11").xid(0x11111111).text(wire::option::host_name, "Telefon"));
    lan.publish();
    EXPECT_EQ(matching("client:telefon"), std::vector{2});
}

TEST_F(Filtered, BindingsAreFilteredAlike)
{
    const auto binding = [&](const char* address) { return lan.state.binding(ip(address)).value(); };
    const auto shown = [&](const char* filter, const char* address) {
        lan.scope.setFilter(QString::fromLatin1(filter));
        return lan.scope.matchesBinding(binding(address));
    };
    EXPECT_TRUE(shown("anna", "10.0.0.10"));
    EXPECT_FALSE(shown("anna", "10.0.0.11"));
    EXPECT_TRUE(shown("state:bound", "10.0.0.10"));
    EXPECT_TRUE(shown("state:offered", "10.0.0.11"));
    EXPECT_FALSE(shown("state:bound", "10.0.0.11"));
    EXPECT_TRUE(shown("address:10.0.0.0/28", "10.0.0.10"));
    EXPECT_TRUE(shown("server:10.0.0.66", "10.0.0.200"));
    EXPECT_TRUE(shown("xid:3903", "10.0.0.10"));
    EXPECT_TRUE(shown("type:a", "10.0.0.10"));
    EXPECT_FALSE(shown("type:a", "10.0.0.11"));
}

} // namespace
} // namespace dorascope::models::test
