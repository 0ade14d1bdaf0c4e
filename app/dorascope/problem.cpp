// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/problem.h"

#include <QRegularExpression>

namespace dorascope::app {
namespace {

ui::Problem make(const std::string& what, const std::string& remedy)
{
    ui::Problem problem{QString::fromStdString(what), QString::fromStdString(remedy), {}};
    // A sentence of its own here; a program's name stays as it is written.
    if (!problem.what.isEmpty() && !problem.what.startsWith(QLatin1String("dorascope")))
        problem.what[0] = problem.what[0].toUpper();
    // A command to be run stands at the end of its sentence and begins with sudo; it is offered for copying.
    static const QRegularExpression command(QStringLiteral("\\bsudo [^\\n]*?(?=[.;]?(\\s*$|\\n))"));
    if (const auto match = command.match(problem.remedy); match.hasMatch()) problem.command = match.captured(0);
    return problem;
}

} // namespace

ui::Problem problemOf(const host::HostError& error) { return make(error.problem, error.remedy); }
ui::Problem problemOf(const source::SourceError& error) { return make(error.problem, error.remedy); }

} // namespace dorascope::app
