using System.Text.RegularExpressions;
using Dragoman.Server.Tests.Forwarding;

namespace Dragoman.Server.Tests.Docs;

/// <summary>A code block of a documentation page.</summary>
/// <param name="Page">The page, from the repository's root.</param>
/// <param name="Line">Where it begins.</param>
/// <param name="Language">What the fence says; empty for an indented one.</param>
/// <param name="Text">What is in it.</param>
/// <param name="NotRun">Why no test runs it, from the comment <c>&lt;!-- not run: reason --&gt;</c> before it; or null.</param>
internal sealed partial record DocBlock(string Page, int Line, string Language, string Text, string? NotRun)
{
    /// <summary>The commands in it, with their continuation lines.</summary>
    public IReadOnlyList<string> Commands => Language is "sh" or "" ? [.. Whole().Where(line => IsCommand().IsMatch(line))] : [];

    /// <summary>The pages that have blocks.</summary>
    public static IReadOnlyList<string> Pages { get; } = [.. Directory.EnumerateFiles(RepositoryFiles.File("docs"), "*.md", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(RepositoryFiles.File(), file)).Append("README.md").Append("CONTRIBUTING.md").Append("SECURITY.md").Order(StringComparer.Ordinal)];

    /// <summary>The blocks of a page.</summary>
    public static IReadOnlyList<DocBlock> Of(string page)
    {
        var lines = File.ReadAllLines(RepositoryFiles.File(page));
        var blocks = new List<DocBlock>();
        for (var i = 0; i < lines.Length; i++)
        {
            var begin = i;
            string protocol;
            var text = new List<string>();
            if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                protocol = lines[i].Trim()[3..];
                for (i++; !lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal); i++) text.Add(lines[i]);
            }
            else if (lines[i].StartsWith("    ", StringComparison.Ordinal) && (i == 0 || lines[i - 1].Trim().Length == 0))
            {
                protocol = "";
                for (; i < lines.Length && (lines[i].StartsWith("    ", StringComparison.Ordinal) || lines[i].Trim().Length == 0); i++) text.Add(lines[i].TrimStart(' '));
                i--;
            }
            else
            {
                continue;
            }

            blocks.Add(new DocBlock(page, begin + 1, protocol, string.Join('\n', text).TrimEnd(), Mark(lines, begin)));
        }

        return blocks;
    }

    private static string? Mark(string[] lines, int begin)
    {
        for (var i = begin - 1; i >= 0; i--)
        {
            if (lines[i].Trim().Length == 0) continue;
            return NotRunMark().Match(lines[i]) is { Success: true } match ? match.Groups["reason"].Value.Trim() : null;
        }

        return null;
    }

    private IEnumerable<string> Whole()
    {
        var held = "";
        foreach (var line in Text.Split('\n'))
        {
            held += line;
            if (held.EndsWith('\\'))
            {
                held = held[..^1];
                continue;
            }

            yield return held.Trim();
            held = "";
        }
    }

    [GeneratedRegex(@"^(?:[A-Z_]+=\S+ )*(?:\./dragoman|dragoman|\./out/dragoman|\./test|curl|dotnet|export|claude|codex|gemini|openssl|npm|psql|/opt/dragoman/dragoman)(?: |$)", RegexOptions.None, 1000)]
    private static partial Regex IsCommand();

    [GeneratedRegex(@"^\s*<!-- not run: (?<reason>.+) -->\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotRunMark();
}
