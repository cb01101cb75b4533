using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Names as Converse takes them.</summary>
internal static class ConverseNames
{
    /// <summary>A tool's name upstream.</summary>
    public static string Upstream(TranslationContext exchange, string name)
        => exchange.Tools.Upstream(name, static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-', 64);

    /// <summary>The property name the reader stands on.</summary>
    public static string StringOfName(this ref Utf8TokenReader reader) => JsonText.FromEscaped(reader.ValueSpan.ToArray()).ToString();

    /// <summary>A document's name: letters, digits, single spaces and a few signs, and no two alike in one request.</summary>
    public static string Document(string? title, HashSet<string> taken)
    {
        var name = new System.Text.StringBuilder();
        foreach (var c in title ?? "")
        {
            var legal = char.IsAsciiLetterOrDigit(c) || c is '-' or '(' or ')' or '[' or ']' ? c : c is ' ' or '\t' or '\n' or '\r' ? ' ' : '-';
            if (legal == ' ' && (name.Length == 0 || name[^1] == ' ')) continue;
            if (name.Length < 180) name.Append(legal);
        }

        var clean = name.ToString().Trim();
        if (clean.Length == 0) clean = $"document-{taken.Count + 1}";
        var result = clean;
        for (var i = 2; !taken.Add(result); i++) result = $"{clean} ({i})";
        return result;
    }
}
