// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "app/cli/arguments.h"
#include "app/cli/output.h"

#include <csignal>
#include <exception>
#include <unistd.h>

namespace dorascope::cli {
namespace {

constexpr int kDone = 0;

void complain(const std::string& sentence)
{
    Output err{STDERR_FILENO, true, false};
    err.line("dorascope-cli: " + sentence);
}

int report(const Result& result)
{
    if (result) return kDone;
    complain(result.error().sentence());
    return result.error().status;
}

} // namespace

int run_program(int argc, char** argv) noexcept
try {
    // A reader that goes away is told by EPIPE (Output), so that a server is not killed by "| head" on its log.
    std::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    const auto command = parse_arguments(words);
    if (!command) return report(tl::unexpected{command.error()});
    return report(std::visit([](const auto& c) { return run(c); }, *command));
} catch (const std::exception& error) {
    complain(Failure{error.what(), "this should not happen, please report it"}.sentence());
    return Failure::kNotDone;
}

Result run(const ShowText& command)
{
    Output out{STDOUT_FILENO, false, false};
    out.line(command.text);
    out.flush();
    return out.result();
}

} // namespace dorascope::cli
