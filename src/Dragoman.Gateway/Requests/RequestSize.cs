namespace Dragoman.Gateway.Requests;

/// <summary>
/// How many tokens a request may use, judged by the length of its body: no parse, so that it can be asked of every request. Runs without
/// a blank that are longer than any word are files in base64, which cost far less than their length.
/// </summary>
/// <param name="Input">Tokens of the prompt, about.</param>
/// <param name="AskedOutput">The most tokens of output the request asks for in one answer, or null when it sets no limit.</param>
/// <param name="Answers">How many answers it asks for, each of which may be that long.</param>
public readonly record struct RequestSize(long Input, long? AskedOutput, int Answers = 1)
{
    private const int BytesPerToken = 4;
    private const int FileAtLeast = 4096;
    private const int FileTokens = 1_500;
    private const int FileBytesPerToken = 60;

    /// <summary>Judges a request.</summary>
    public static RequestSize Measure(ClientRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new RequestSize(TokensOf(request.Body.Span), request.Head.MaxOutput, request.Head.Answers);
    }

    /// <summary>The most tokens of output that all answers may have.</summary>
    /// <param name="assumed">How long an answer without a limit is taken to be.</param>
    public long Output(long assumed) => (AskedOutput ?? assumed) * Answers;

    /// <summary>About how many tokens a body of JSON is.</summary>
    internal static long TokensOf(ReadOnlySpan<byte> body)
    {
        if (body.Length < FileAtLeast) return body.Length / BytesPerToken + 1;
        long text = body.Length, files = 0;
        while (!body.IsEmpty)
        {
            var end = body.IndexOf((byte)'"');
            var run = end < 0 ? body : body[..end];
            if (run.Length >= FileAtLeast && run.IndexOfAny((byte)' ', (byte)'\\') < 0)
            {
                text -= run.Length;
                files += FileTokens + run.Length / FileBytesPerToken;
            }

            body = end < 0 ? default : body[(end + 1)..];
        }

        return text / BytesPerToken + files + 1;
    }
}
