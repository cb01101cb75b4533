using System.CommandLine;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Providers;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Cli.Commands.Logins;

/// <summary><c>dragoman login PROVIDER</c>: adds an account by signing in at its vendor, or renews one.</summary>
internal static class LoginCommand
{
    public static Command Create()
    {
        var provider = new Argument<string?>("provider") { Description = "The provider; --list shows those that people sign in to.", Arity = ArgumentArity.ZeroOrOne };
        var list = new Option<bool>("--list") { Description = "Lists the providers that people sign in to, with their vendors' positions on use by other programs." };
        var flow = new Option<string?>("--flow") { Description = "The way of signing in (browser, device, import). Default: the provider's usual one." };
        var label = new Option<string?>("--label") { Description = "What the account is to be called." };
        var proxy = new Option<string?>("--proxy") { Description = "The proxy of the account, which the login goes through too." };
        var import = new Option<string?>("--import") { Description = "Takes over the login in a file that the vendor's own program has left; the file is not changed." };
        var noBrowser = new Option<bool>("--no-browser") { Description = "Opens no browser: the address is printed, and what the browser ends at is pasted." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Saves the account without asking." };
        var acknowledge = new Option<bool>("--acknowledge") { Description = "Says that you have read the vendor's position, where it forbids use by other programs." };
        var command = new Command("login", "Signs in at a provider, and adds or renews the account.") { provider, list, flow, label, proxy, import, noBrowser, yes, acknowledge };
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            if (parsed.GetValue(list)) return await ListAsync(client, json, cancellationToken);
            if (parsed.GetValue(provider) is not { } name) throw new ManagementException("Say which provider: 'dragoman login --list' shows those that there are.");
            var isLocal = client.Address.IsLoopback;
            var body = new LoginBody(
                name, parsed.GetValue(flow), parsed.GetValue(label), parsed.GetValue(proxy), Headless: parsed.GetValue(noBrowser) || !isLocal || !BrowserLauncher.IsThere, Save: parsed.GetValue(yes),
                Acknowledged: parsed.GetValue(acknowledge), Content: parsed.GetValue(import) is { } file ? await ImportedFile.ReadAsync(file, name, cancellationToken) : null);
            return await new LoginDialog(client, body, json, opensBrowser: !body.Headless).RunAsync(cancellationToken);
        });
    }

    private static async Task<int> ListAsync(ManagementClient client, bool json, CancellationToken cancellationToken)
    {
        if (json)
        {
            Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, "logins", null, cancellationToken));
            return ExitCodes.Success;
        }

        foreach (var provider in (await client.GetAsync<LoginListView>("logins", cancellationToken)).Providers)
        {
            Console.Out.WriteLine($"{provider.Id}: {provider.Name} ({string.Join(", ", provider.Flows.Select(way => way.Id))})");
            Console.Out.WriteLine($"  {PositionOf(provider.ThirdPartyUse)}");
            foreach (var place in provider.Flows.SelectMany(way => way.UsualPlaces)) Console.Out.WriteLine($"  imports {place}");
        }

        return ExitCodes.Success;
    }

    /// <summary>The vendor's position on a line.</summary>
    public static string PositionOf(ThirdPartyUse terms) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"The vendor's position ({terms.AsOf:yyyy-MM-dd}): {terms.Position.ToString().ToLowerInvariant()}. {terms.Statement}");
}
