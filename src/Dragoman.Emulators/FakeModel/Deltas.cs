namespace Dragoman.Emulators.FakeModel;

/// <summary>Cuts text into the deltas it is streamed in, never inside a surrogate pair. The same text is always cut alike.</summary>
internal static class Deltas
{
    private const int TextLength = 12;

    public static IEnumerable<string> OfText(string text) => Cut(text, TextLength);

    /// <summary>Arguments always take several deltas where they can, so that a reader that expects them whole is found out.</summary>
    public static IEnumerable<string> OfInput(string input) => Cut(input, Math.Clamp((input.Length + 2) / 3, 1, 24));

    private static IEnumerable<string> Cut(string text, int length)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = Math.Min(text.Length, start + length);
            if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
                end++;
            yield return text[start..end];
            start = end;
        }
    }
}
