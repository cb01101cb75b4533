using System.Text;
using Dragoman.Gateway.Text;

namespace Dragoman.Cli.Terminal;

/// <summary>
/// What every command writes through: characters that a terminal would obey are written out as <c>\u001b</c> (see <see cref="TerminalText"/>),
/// whoever they came from. All else passes as it is, Windows line ends included.
/// </summary>
internal sealed class SafeTextWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        StringBuilder? escape = null;
        while (TerminalText.IndexOfUnsafe(buffer) is >= 0 and var at)
        {
            inner.Write(buffer[..at]);
            if (buffer[at..] is ['\r', '\n', ..])
            {
                inner.Write("\r\n");
                buffer = buffer[(at + 2)..];
                continue;
            }

            TerminalText.AppendEscape((escape ??= new StringBuilder(6)).Clear(), buffer[at]);
            inner.Write(escape);
            buffer = buffer[(at + 1)..];
        }

        inner.Write(buffer);
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();
}
