// SPDX-License-Identifier: GPL-3.0-or-later
// Arrows run one way (engine/README.md). The linkage of the targets enforces most of it; system headers are visible to everybody, so the
// includes are read here too. A row a folder: what it may include of the project, and which libraries' headers it must not see.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Room {
    std::string folder;
    std::vector<std::string> may_include; ///< folders of the project, besides its own
    std::vector<std::string> never; ///< regular expressions for <…> and "…" includes
};

const std::string kQt = "^(Q[A-Z]|Qt)";
const std::string kPcap = "^pcap";
const std::string kSqlite = "^sqlite3";
const std::string kSockets = "^(sys/socket|netinet/|net/|linux/|arpa/|netpacket/)";
const std::string kThreads = "^(thread|mutex|condition_variable|future|atomic)$";
const std::string kToml = "^toml";
const std::string kJson = "^nlohmann/";
const std::string kCli = "^CLI/";
const std::vector<std::string> kCoreNever{kQt,   kPcap, kSqlite,    kSockets,    kThreads,      kToml,
                                          kJson, kCli,  "^random$", "^fstream$", "^filesystem$"};

const std::vector<Room> kRooms{
    {"engine/wire", {}, kCoreNever},
    {"engine/server", {"engine/wire"}, kCoreNever},
    {"engine/lab", {"engine/wire", "engine/server"}, kCoreNever},
    {"engine/host", {"engine/wire", "engine/server"}, {kQt, kPcap, kCli}},
    {"engine/interchange",
     {"engine/wire", "engine/server"},
     {kQt, kPcap, kSqlite, kSockets, kThreads, kToml, kCli, "^random$", "^fstream$", "^filesystem$"}},
    {"capture/decode", {"engine/wire"}, kCoreNever},
    {"capture/source", {"engine/wire", "capture/decode"}, {kQt, kSqlite, kToml, kJson, kCli}},
    {"capture/observe", {"engine/wire", "capture/decode"}, kCoreNever},
    {"ui/models",
     {"engine/wire", "capture/decode", "capture/observe"},
     {"^QWidget", "^QtWidgets", "^QtCharts", kPcap, kSqlite, kSockets}},
    {"ui/theme", {"engine/wire"}, {kPcap, kSqlite, kSockets}},
    {"ui/charts", {"engine/wire", "capture/observe", "ui/models", "ui/theme"}, {kPcap, kSqlite, kSockets}},
    {"ui/views", {"engine/wire", "engine/server", "ui/models", "ui/theme", "ui/charts"}, {kPcap, kSqlite, kSockets}},
    {"app/netd", {"engine/host/netd_protocol.h"}, {kQt, kSqlite, kToml, kJson, kCli}},
    {"app/cli",
     {"engine/wire", "engine/server", "engine/lab", "engine/host", "engine/interchange", "capture/decode", "capture/source",
      "capture/observe"},
     {kQt, kPcap, kSqlite}},
    {"app/dorascope", {"engine/", "capture/", "ui/"}, {kPcap, kSqlite}},
};

std::vector<fs::path> sources_in(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        const auto extension = entry.path().extension();
        if (extension == ".cpp" || extension == ".h") files.push_back(entry.path());
    }
    return files;
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& prefixes)
{
    return std::ranges::any_of(prefixes, [&](const std::string& p) { return text.starts_with(p); });
}

class Arrows : public testing::TestWithParam<Room> { };

TEST_P(Arrows, RunOneWay)
{
    const Room& room = GetParam();
    const fs::path root{DORASCOPE_SOURCE_DIR};
    const auto files = sources_in(root / room.folder);
    ASSERT_FALSE(files.empty()) << room.folder << " is empty: was it moved without its row here?";
    const std::regex include{R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])"};
    const std::regex project{"^(app|engine|capture|ui)/"};
    for (const auto& file : files) {
        std::ifstream stream{file};
        for (std::string line; std::getline(stream, line);) {
            std::smatch match;
            if (!std::regex_search(line, match, include)) continue;
            const std::string header = match[1];
            for (const auto& never : room.never) {
                EXPECT_FALSE(std::regex_search(header, std::regex{never})) << file << " includes <" << header << ">";
            }
            if (!std::regex_search(header, project) || header.starts_with(room.folder + "/")) continue;
            EXPECT_TRUE(starts_with_any(header, room.may_include)) << file << " includes " << header << ": against the arrows";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Rooms, Arrows, testing::ValuesIn(kRooms), [](const auto& row) {
    std::string name = row.param.folder;
    std::ranges::replace(name, '/', '_');
    return name;
});

/// The sans-IO core is handed time and chance; a call to a clock or a device anywhere in it is a bug.
TEST(SansIo, CoreReadsNoClockAndNoDevice)
{
    const std::regex forbidden{
        R"((system|steady|high_resolution)_clock|\btime\s*\(\s*(NULL|nullptr|0)\s*\)|clock_gettime|random_device|\brand\s*\(|getenv|fopen)"};
    for (const char* folder :
         {"engine/wire", "engine/server", "engine/lab", "engine/interchange", "capture/decode", "capture/observe"}) {
        for (const auto& file : sources_in(fs::path{DORASCOPE_SOURCE_DIR} / folder)) {
            std::ifstream stream{file};
            int number = 0;
            for (std::string line; std::getline(stream, line);) {
                ++number;
                EXPECT_FALSE(std::regex_search(line.substr(0, line.find("//")), forbidden))
                    << file << ":" << number << ": " << line;
            }
        }
    }
}

/// A source file of ours without its licence line is an oversight.
TEST(Licence, EverySourceFileNamesIt)
{
    for (const char* folder : {"engine", "capture", "ui", "app", "tests"}) {
        for (const auto& file : sources_in(fs::path{DORASCOPE_SOURCE_DIR} / folder)) {
            std::ifstream stream{file};
            std::string first;
            std::getline(stream, first);
            EXPECT_EQ(first, "// SPDX-License-Identifier: GPL-3.0-or-later") << file;
        }
    }
}

/// What a reader of the sources cannot open is no reference: papers that lie beside the project, not in it.
TEST(References, NameNothingThatIsNotHere)
{
    const std::regex outside{std::string{R"(\b(DES)"} + R"(IGN|UI\.m)" + R"(d|STY)" + R"(LE)\b)"};
    const fs::path root{DORASCOPE_SOURCE_DIR};
    std::vector<fs::path> files{root / "CMakeLists.txt", root / ".clang-tidy",     root / "dev",
                                root / "README.md",      root / "CONTRIBUTING.md", root / "CHANGELOG.md"};
    for (const char* folder : {"engine", "capture", "ui", "app", "tests", "resources", "installer"}) {
        for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
            const auto extension = entry.path().extension();
            if (extension == ".cpp" || extension == ".h" || extension == ".md" || entry.path().filename() == "CMakeLists.txt")
                files.push_back(entry.path());
        }
    }
    for (const auto& file : files) {
        std::ifstream stream{file};
        ASSERT_TRUE(stream.is_open()) << file;
        int number = 0;
        for (std::string line; std::getline(stream, line);) {
            ++number;
            EXPECT_FALSE(std::regex_search(line, outside)) << file << ":" << number << ": " << line;
        }
    }
}

} // namespace
