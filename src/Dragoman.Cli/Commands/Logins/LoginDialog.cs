using System.Text.Json;
using System.Threading.Channels;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Cli.Commands.Logins;

/// <summary>One login in a terminal: what to open and to enter, how long there is left, what came back, and whether it is to be saved. With JSON every state is a line.</summary>
internal sealed class LoginDialog(ManagementClient client, LoginBody body, bool json, bool opensBrowser)
{
    /// <summary>The lines that the person types: one reader for what is pasted and for the answer to the question, so that neither takes the other's line.</summary>
    private readonly Channel<string> _typed = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private LoginStatus? _shown;
    private string? _code;

    /// <summary>Begins it, and goes on until it is over.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var begun = await client.RequestAsync<LoginView>(HttpMethod.Post, "logins", body, cancellationToken);
        using var signals = new StopSignals();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = StopAsync(signals.First, over);
        try
        {
            Introduce(begun);
            // A terminal's line cannot be taken back from its reader; that one ends with the process.
            _ = Task.Run(ReadTyped, CancellationToken.None);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
            var pasting = begun.TakesPaste ? PasteAsync(begun, waiting.Token) : Task.CompletedTask;
            var counting = CountDownAsync(begun, waiting.Token);
            var last = await FollowAsync(begun, async () =>
            {
                await waiting.CancelAsync();
                await Task.WhenAll(pasting, counting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }, over.Token);
            return last.Status == LoginStatus.Saved ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(begun);
            await Console.Error.WriteLineAsync("The login was given up; nothing was saved.");
            return ExitCodes.Failure;
        }
    }

    private void Introduce(LoginView login)
    {
        _code = login.UserCode;
        if (json) return;
        Console.Error.WriteLine(LoginCommand.PositionOf(login.ThirdPartyUse));
        if (login.Address is not { } address) return;
        // A second has gone by of the ten minutes.
        var within = $"within {Math.Max(1, (login.SecondsLeft + 30) / 60)} minutes";
        if (login.UserCode is { } code) Console.Out.WriteLine($"Open {address} and enter the code {code} ({within})");
        else Console.Out.WriteLine($"Open this address to sign in to {login.ProviderName}:\n  {address}");
        if (login.Hint is { } hint) Console.Error.WriteLine(hint);
        if (opensBrowser && BrowserLauncher.TryOpen(login.CompleteAddress ?? address)) Console.Error.WriteLine("(your browser should have opened it)");
        if (login.TakesPaste) Console.Error.WriteLine(login.Hint is null ? $"If the browser does not come back by itself, paste here what it ends at ({within}):" : $"Paste it here ({within}):");
    }

    /// <summary>Shows every state until the login is over, and asks for the confirmation.</summary>
    private async Task<LoginView> FollowAsync(LoginView begun, Func<Task> endWaiting, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(HttpMethod.Get, $"logins/{begun.Id}/events", null, cancellationToken);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        var last = begun;
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            last = JsonSerializer.Deserialize<LoginView>(line[6..], ManagementJson.Options)!;
            if (last.Status != LoginStatus.Waiting) await endWaiting();
            if (json) await Console.Out.WriteLineAsync(line[6..]);
            else Show(last);
            if (last is { Status: LoginStatus.Waiting, UserCode: { } code } && code != _code)
            {
                // Chosen at the vendor's page: the login goes on elsewhere.
                _code = code;
                if (!json) await Console.Out.WriteLineAsync($"Open {last.Address} and enter the code {code}");
            }
            if (last.Status == LoginStatus.AwaitingConfirmation) await ConfirmAsync(last, cancellationToken);
        }

        return last;
    }

    private void Show(LoginView login)
    {
        if (_shown == login.Status) return;
        _shown = login.Status;
        switch (login.Status)
        {
            case LoginStatus.AwaitingConfirmation when login.Result is { } result:
                Console.Out.WriteLine($"Signed in to {login.ProviderName} as {result.Label}");
                foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("account", result.VendorAccountId), ("organization", result.Organization ?? result.OrganizationId), ("plan", result.Plan)])
                    if (value is not null) Console.Out.WriteLine($"  {name}: {value}");
                foreach (var warning in result.Warnings) Console.Out.WriteLine($"  note: {warning}");
                if (result.Renews is { } known) Console.Out.WriteLine($"  renews the account '{known}'");
                if (login.Error is { } problem) Console.Error.WriteLine($"dragoman: {problem}");
                break;
            case LoginStatus.Saved:
                Console.Out.WriteLine($"{(login.Result?.Renews is null ? "Added" : "Renewed")} '{login.Account}' ({login.AccountId}).");
                break;
            case LoginStatus.Failed or LoginStatus.Expired or LoginStatus.Cancelled:
                Console.Error.WriteLine($"dragoman: {login.Error ?? "The login was cancelled."}");
                break;
        }
    }

    private async Task ConfirmAsync(LoginView login, CancellationToken cancellationToken)
    {
        // Asked to be saved at once: it is on its way, unless the error says otherwise.
        if (body.Save && login.Error is null) return;
        if (body.Save || json || Console.IsInputRedirected)
        {
            await CancelAsync(login);
            throw new ManagementException(login.Error ?? "Nobody can be asked here whether the account is to be saved: use --yes.");
        }

        Console.Error.Write("Save this account? [Y/n] ");
        var answer = await _typed.Reader.WaitToReadAsync(cancellationToken) && _typed.Reader.TryRead(out var line) ? line.Trim() : "n";
        if (answer.Length > 0 && !"yes".StartsWith(answer, StringComparison.OrdinalIgnoreCase)) await CancelAsync(login);
        else await client.ExecuteAsync(HttpMethod.Post, $"logins/{login.Id}/confirm", new ConfirmBody(), cancellationToken);
    }

    private void ReadTyped()
    {
        while (Console.In.ReadLine() is { } line) _typed.Writer.TryWrite(line);
        _typed.Writer.TryComplete();
    }

    /// <summary>Takes what is pasted, until something of it is taken.</summary>
    private async Task PasteAsync(LoginView login, CancellationToken cancellationToken)
    {
        await foreach (var text in _typed.Reader.ReadAllAsync(cancellationToken))
        {
            if (text.Trim().Length == 0) continue;
            try
            {
                await client.ExecuteAsync(HttpMethod.Post, $"logins/{login.Id}/complete", new PastedBody(text), CancellationToken.None);
                return;
            }
            catch (ManagementException ex)
            {
                await Console.Error.WriteLineAsync($"dragoman: {ex.Message}");
            }
        }
    }

    /// <summary>How long there is left, on a terminal; not where something is pasted, whose line it would write over.</summary>
    private async Task CountDownAsync(LoginView login, CancellationToken cancellationToken)
    {
        if (json || Console.IsErrorRedirected || login.Method != LoginMethod.DeviceCode) return;
        for (var left = login.SecondsLeft; left > 0; left--)
        {
            SafeConsole.RawError.Write($"\rwaiting, {left / 60}:{left % 60:00} left ");
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) break;
        }

        SafeConsole.RawError.Write("\r                       \r");
    }

    private async Task CancelAsync(LoginView login)
    {
        try
        {
            await client.ExecuteAsync(HttpMethod.Delete, $"logins/{login.Id}", null, CancellationToken.None);
        }
        catch (ManagementException)
        {
            // It expires by itself.
        }
    }

    private static async Task StopAsync(Task signal, CancellationTokenSource over)
    {
        await signal;
        try
        {
            await over.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It was over already.
        }
    }
}
