using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management;
using Dragoman.Management.Settings;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman settings edit</c>: the configuration's text in an editor, written back only if it can be used.</summary>
internal static class SettingsEdit
{
    public static Command Create()
        => new ManagementOptions().Run(new Command("edit", "Opens the configuration in $VISUAL or $EDITOR, and writes it back if it can be used. Secrets are shown as marks, which may stay."), async (client, _, json, cancellationToken) =>
        {
            var editor = Environment.GetEnvironmentVariable("VISUAL") is { Length: > 0 } visual ? visual : Environment.GetEnvironmentVariable("EDITOR") is { Length: > 0 } plain ? plain : "vi";
            using var current = await client.SendAsync(HttpMethod.Get, "settings/config", null, cancellationToken);
            var version = current.Headers.ETag?.ToString() ?? "*";
            var old = await current.Content.ReadAsStringAsync(cancellationToken);
            var folder = Directory.CreateTempSubdirectory("dragoman-edit-").FullName;
            var file = Path.Combine(folder, "config.yaml");
            await File.WriteAllTextAsync(file, old, cancellationToken);
            await OpenAsync(editor, file, cancellationToken);
            var text = await File.ReadAllTextAsync(file, cancellationToken);
            try
            {
                if (text == old)
                {
                    Console.Out.WriteLine("Nothing was changed.");
                }
                else
                {
                    using var body = new StringContent(text, Encoding.UTF8, "application/yaml");
                    using var response = await client.SendAsync(HttpMethod.Put, "settings/config", body, version, cancellationToken);
                    var answer = await response.Content.ReadAsStringAsync(cancellationToken);
                    if (json) Console.Out.WriteLine(answer);
                    else await SettingsCommand.WriteAsync(JsonSerializer.Deserialize<SettingsChangedView>(answer, ManagementJson.Options)!);
                }
            }
            catch (ManagementException ex)
            {
                throw new ManagementException($"{ex.Message}\nYour text is kept in {file}.");
            }

            Directory.Delete(folder, recursive: true);
            return ExitCodes.Success;
        });

    private static async Task OpenAsync(string editor, string file, CancellationToken cancellationToken)
    {
        try
        {
            // Editors are given with their options: "code --wait".
            var words = editor.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            using var process = Process.Start(new ProcessStartInfo(words[0], [.. words[1..], file]) { UseShellExecute = false })!;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new ManagementException($"{editor} ended with {process.ExitCode}; nothing was written.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new ManagementException($"'{editor}' cannot be started; set $EDITOR.");
        }
    }
}
