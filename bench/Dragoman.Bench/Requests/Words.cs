using System.Text;

namespace Dragoman.Bench.Requests;

/// <summary>Deterministic text that looks like what agents send: prose, code, quotes, line ends and some letters beyond ASCII.</summary>
internal sealed class Words(uint seed)
{
    private static readonly string[] Prose =
    [
        "the", "file", "reads", "a", "request", "and", "returns", "its", "result", "when", "every", "test", "passes", "or", "the", "user", "asks",
        "for", "another", "change", "in", "this", "module", "which", "handles", "errors", "naïve", "options", "“quoted”", "values", "before", "writing",
    ];

    private static readonly string[] Lines =
    [
        "public async Task<int> RunAsync(string path, CancellationToken token)", "{", "    var text = await File.ReadAllTextAsync(path, token);",
        "    if (text.Length == 0) throw new InvalidOperationException(\"The file is empty.\");", "    return text.Split('\\n').Length;", "}", "",
        "// TODO: résumé handling — see \"notes.md\"", "const pattern = /^[a-z]+\\\\d*$/;", "\tprintf(\"%s: %d\\n\", name, count);",
    ];

    private uint _state = seed * 2_654_435_761u + 1;

    public int Next(int below)
    {
        _state = _state * 1_664_525u + 1_013_904_223u;
        return (int)((_state >> 8) % (uint)below);
    }

    public string Sentences(int length)
    {
        var text = new StringBuilder(length + 32);
        while (text.Length < length)
        {
            for (var count = 8 + Next(10); count > 0; count--) text.Append(Prose[Next(Prose.Length)]).Append(count == 1 ? "" : " ");
            text.Append(Next(6) == 0 ? ".\n\n" : ". ");
        }

        return text.ToString(0, length);
    }

    public string Code(int length)
    {
        var text = new StringBuilder(length + 96);
        for (var line = 1; text.Length < length; line++) text.Append(line).Append('\t').Append(Lines[Next(Lines.Length)]).Append('\n');
        return text.ToString(0, length);
    }
}
