using System.Collections;
using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Cli.Terminal;
using Dragoman.CommandWorker;

// Runs commands of dragoman one after the other in one process, because most of the time of a short command is the start of the runtime. Each line of standard input is a
// command (its arguments and its whole environment), each line of standard output its end. Commands see redirected, empty streams, as in a script.
using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
while (await input.ReadLineAsync() is { } line)
{
    var order = JsonSerializer.Deserialize<CommandOrder>(line)!;
    foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) Environment.SetEnvironmentVariable((string)variable.Key, null);
    foreach (var (name, value) in order.Environment) Environment.SetEnvironmentVariable(name, value);
    await using var said = new StringWriter();
    await using var error = new StringWriter();
    Console.SetIn(TextReader.Null);
    SafeConsole.InstallOn(said, error);
    int code;
    try
    {
        code = await CommandLine.RunAsync([.. order.Arguments]);
    }
    catch (Exception ex)
    {
        // What the runtime does with it in a process of its own.
        code = 134;
        await error.WriteLineAsync($"Unhandled exception. {ex}");
    }

    await output.WriteLineAsync(JsonSerializer.Serialize(new CommandEnd(code, said.ToString(), error.ToString())));
}

return 0;
