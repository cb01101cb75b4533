using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Dragoman.Server.Surfaces.CliProxy.Resp;

/// <summary>Writes replies of the Redis protocol, each whole: those to commands and those that come by themselves may come from two sides.</summary>
internal sealed class RespWriter(PipeWriter output) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>A word that all is well: <c>+OK</c>.</summary>
    public static string Simple(string text) => $"+{text}\r\n";

    /// <summary>An error.</summary>
    public static string Error(string text) => $"-{text.ReplaceLineEndings(" ")}\r\n";

    /// <summary>A number.</summary>
    public static string Number(long number) => string.Create(CultureInfo.InvariantCulture, $":{number}\r\n");

    /// <summary>A text of any content; nothing for null.</summary>
    public static string Bulk(string? text) => text is null ? "$-1\r\n" : string.Create(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n");

    /// <summary>A list of replies.</summary>
    public static string Array(IReadOnlyCollection<string> replies) => string.Create(CultureInfo.InvariantCulture, $"*{replies.Count}\r\n{string.Concat(replies)}");

    /// <summary>Sends a reply.</summary>
    public async Task SendAsync(string reply, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await output.WriteAsync(Encoding.UTF8.GetBytes(reply), cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();
}
