using System.Text;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>The short list of losses in the <c>x-dragoman-losses</c> header.</summary>
internal static class LossesHeader
{
    private const int MaxLength = 600;

    public static string? Format(Losses losses)
    {
        if (!losses.Any) return null;
        var text = new StringBuilder();
        var shown = 0;
        foreach (var loss in losses.Items)
        {
            var entry = $"{loss.Path} {(loss.Kind == LossKind.Dropped ? "dropped" : "approximated")} ({loss.Reason})";
            if (text.Length + entry.Length > MaxLength) break;
            if (shown++ > 0) text.Append("; ");
            foreach (var c in entry) text.Append(c is >= ' ' and <= '~' ? c : '?');
        }

        if (shown < losses.Items.Count) text.Append(shown == 0 ? "" : "; ").Append(losses.Items.Count - shown).Append(" more");
        return text.ToString();
    }
}
