using System.Text;

namespace Dragoman.Emulators.FakeModel;

/// <summary>Counting by length: four bytes are a token, and nothing that is there counts as none.</summary>
internal static class Tokens
{
    public const int Bytes = 4;

    public static int Count(string text) => text.Length == 0 ? 0 : (Encoding.UTF8.GetByteCount(text) + Bytes - 1) / Bytes;

    public static int Count(IEnumerable<PromptSegment> prompt) => prompt.Sum(segment => Count(segment.Text));
}
