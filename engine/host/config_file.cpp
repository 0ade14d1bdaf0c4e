// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace dorascope::host {

std::string to_string(const std::filesystem::path& file, const FileError& error)
{
    std::string text = file.string();
    if (error.line > 0) text += ":" + std::to_string(error.line);
    text += ": ";
    if (!error.key.empty()) text += error.key + ": ";
    text += error.problem;
    if (!error.suggestion.empty()) text += " (" + error.suggestion + ")";
    return text;
}

tl::expected<server::Config, std::vector<FileError>> load_config(const std::filesystem::path& file)
{
    constexpr std::size_t kLargest = 16 << 20; // a hundred thousand reservations fit; an endless device does not
    const auto fail = [](std::string problem, std::string suggestion) {
        return tl::unexpected{std::vector<FileError>{{0, "", std::move(problem), std::move(suggestion)}}};
    };
    errno = 0;
    std::ifstream in{file, std::ios::binary};
    std::string text;
    if (in) {
        text.resize(kLargest + 1);
        in.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(in.gcount()));
    }
    if (!in.eof() && text.size() <= kLargest)
        return fail(std::string{"cannot be read: "} + std::strerror(errno), "is the name right?");
    if (text.size() > kLargest) return fail("is larger than 16 MiB", "is it a configuration?");
    return parse_config(text);
}

std::vector<std::string> warning_lines(const server::Config& config)
{
    std::vector<std::string> lines;
    for (const auto& [key, problem, suggestion] : server::warnings(config)) {
        const std::string where = key.empty() ? "" : key + ": ";
        lines.push_back("Warning: " + where + problem + (suggestion.empty() ? "" : " (" + suggestion + ")"));
    }
    return lines;
}

} // namespace dorascope::host
