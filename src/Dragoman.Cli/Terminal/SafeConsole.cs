using System.Text;
using Dragoman.Gateway.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dragoman.Cli.Terminal;

/// <summary>
/// Standard output and standard error of every command. Once <see cref="Install"/> has run, whatever a command writes with
/// <see cref="Console"/> or Spectre is free of the controls that a terminal obeys; only our own colours and cursor moves remain.
/// </summary>
internal static class SafeConsole
{
    private static TextWriter? _output;
    private static TextWriter? _error;

    /// <summary>Standard error without the filter, for what the gateway itself draws on a terminal.</summary>
    public static TextWriter RawError => _error ?? Console.Error;

    /// <summary>Puts the filter before standard output and standard error.</summary>
    public static void Install()
    {
        if (_output is null) InstallOn(Console.Out, Console.Error);
    }

    /// <summary>Puts the filter before other writers, in place of those there were.</summary>
    internal static void InstallOn(TextWriter output, TextWriter error)
    {
        (_output, _error) = (output, error);
        Console.SetOut(new SafeTextWriter(output));
        Console.SetError(new SafeTextWriter(error));
    }

    /// <summary>
    /// Lets Spectre draw on standard output, with the text of every cell filtered. What goes into a file or another program is not cut to a
    /// terminal's width, and has no colours. Only for commands that print tables: a server need not load what draws them.
    /// </summary>
    public static void InstallTables()
    {
        var console = Filtered(_output ?? Console.Out);
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 400;
            console.Profile.Capabilities.Ansi = false;
            console.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        }

        AnsiConsole.Console = console;
    }

    /// <summary>A console on standard error, to ask questions on.</summary>
    public static IAnsiConsole Prompts() => Filtered(RawError);

    /// <summary>Copies text in UTF-8 to standard output, filtered. Who wants the exact bytes has them written to a file.</summary>
    public static async Task CopyToOutputAsync(Stream text, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(text, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024, leaveOpen: true);
        var buffer = new char[32 * 1024];
        var kept = 0;
        while (await reader.ReadAsync(buffer.AsMemory(kept), cancellationToken) is > 0 and var count)
        {
            count += kept;
            // A line end of two characters must not be torn: its first half would be written out.
            kept = buffer[count - 1] == '\r' ? 1 : 0;
            Console.Out.Write(buffer, 0, count - kept);
            if (kept > 0) buffer[0] = '\r';
        }

        Console.Out.Write(buffer, 0, kept);
        await Console.Out.FlushAsync(cancellationToken);
    }

    private static IAnsiConsole Filtered(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Pipeline.Attach(new SegmentFilter());
        return console;
    }

    /// <summary>Filters what is about to be drawn; Spectre's own control sequences are marked as such and stay.</summary>
    private sealed class SegmentFilter : IRenderHook
    {
        public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(static drawn => new Filter(drawn));

        private sealed class Filter(IRenderable drawn) : IRenderable
        {
            public Measurement Measure(RenderOptions options, int maxWidth) => drawn.Measure(options, maxWidth);

            public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
                => drawn.Render(options, maxWidth).Select(static segment => segment.IsControlCode || !TerminalText.IsUnsafe(segment.Text) || segment.IsLineBreak
                    ? segment
                    : new Segment(TerminalText.Replace(segment.Text), segment.Style));
        }
    }
}
