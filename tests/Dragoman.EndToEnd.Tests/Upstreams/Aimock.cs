using System.Diagnostics;
using System.Text.Json;
using Dragoman.EndToEnd.Tests.Support;

namespace Dragoman.EndToEnd.Tests.Upstreams;

/// <summary>@copilotkit/aimock, a mock of the providers by other people, who share no mistake with us. See tests/clients/mock/aimock.mjs.</summary>
internal sealed class Aimock : IUpstream
{
    private readonly Process _process;
    private readonly HttpClient _http = new();

    private Aimock(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <inheritdoc/>
    public Uri Address { get; }

    /// <summary>Starts one on a free port.</summary>
    public static async Task<Aimock> StartAsync()
    {
        ClientsFolder.File("node_modules", "@copilotkit", "aimock", "package.json");
        var script = ClientsFolder.File("mock", "aimock.mjs");
        var mock = new Process { StartInfo = ProgramRun.Describe(ClientsFolder.Node(), [script], Path.GetDirectoryName(script)!, []) };
        mock.Start();
        _ = mock.StandardError.BaseStream.CopyToAsync(Stream.Null);
        try
        {
            var line = await mock.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
            using var answer = JsonDocument.Parse(line ?? throw new InvalidOperationException("aimock ended before it listened."));
            _ = mock.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return new Aimock(mock, new Uri(answer.RootElement.GetProperty("url").GetString()!));
        }
        catch
        {
            mock.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SeenRequest>> TakeRequestsAsync()
    {
        using var journal = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Address, "/__aimock/journal")));
        using var reset = await _http.PostAsync(new Uri(Address, "/__aimock/reset/journal"), content: null);
        reset.EnsureSuccessStatusCode();
        return [.. journal.RootElement.EnumerateArray().Select(entry => new SeenRequest(
            entry.GetProperty("path").GetString()!,
            entry.GetProperty("response").GetProperty("status").GetInt32(),
            null,
            entry.TryGetProperty("body", out var body) ? body.GetRawText() : ""))];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        // The mock stops by itself when its standard input closes.
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
